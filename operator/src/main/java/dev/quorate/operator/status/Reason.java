package dev.quorate.operator.status;

/** Every reason that a condition can have: a closed list, which scripts may rely on. */
public enum Reason {
  ALL_MEMBERS_HEALTHY("AllMembersHealthy"),
  AS_WANTED("AsWanted"),
  AUTHORITY_ROTATING("AuthorityRotating"),
  BLOCKED("Blocked"),
  BOOTSTRAPPING("Bootstrapping"),
  CERTIFICATES_CURRENT("CertificatesCurrent"),
  CERTIFICATE_EXPIRED("CertificateExpired"),
  ENOUGH_HEALTHY_MEMBERS("EnoughHealthyMembers"),
  EVEN_REPLICAS("EvenReplicas"),
  HIBERNATED("Hibernated"),
  MEMBERS_MISSING("MembersMissing"),
  MEMBERS_UNHEALTHY("MembersUnhealthy"),
  MEMBERS_UNREACHABLE("MembersUnreachable"),
  NO_FAILURE_SURVIVABLE("NoFailureSurvivable"),
  NO_LEADER("NoLeader"),
  NO_SPACE("NoSpace"),
  PAUSED("Paused"),
  QUORUM_LOST("QuorumLost"),
  REPAIRING("Repairing"),
  REPAIR_DISABLED("RepairDisabled"),
  REPLACEMENTS_EXHAUSTED("ReplacementsExhausted"),
  SCALING("Scaling"),
  SECRETS_UNREADABLE("SecretsUnreadable"),
  SECRET_INVALID("SecretInvalid"),
  SECRET_MISSING("SecretMissing"),
  SPEC_INVALID("SpecInvalid"),
  SPEC_VALID("SpecValid"),
  STARTING("Starting"),
  TLS_DISABLED("TlsDisabled"),
  TOO_MANY_MEMBERS("TooManyMembers"),
  UPDATE_PENDING("UpdatePending"),
  UPDATE_ROLLED_BACK("UpdateRolledBack"),
  UPDATING("Updating"),
  VERSION_REFUSED("VersionRefused"),
  VOLUMES_DIFFER("VolumesDiffer"),
  VOLUMES_FULL("VolumesFull"),
  VOLUMES_TOO_SMALL("VolumesTooSmall");

  private final String word;

  Reason(String word) {
    this.word = word;
  }

  /** The word in the status. */
  public String word() {
    return word;
  }
}

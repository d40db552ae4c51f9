package dev.quorate.operator.plan;

/** What a member's node says of itself, or why it could not be asked. */
public sealed interface NodeReport {
  /** The node did not answer; what it last said does not count. */
  record Unreachable(String why) implements NodeReport {}

  /**
   * An answer of the node.
   *
   * @param reason why it does not serve, for people; empty when all is well
   * @param leaderId whom it follows; 0 for nobody
   * @param dataReadableFrom the oldest version that can read its data; empty if it does not say
   * @param certificates what it shows and whom it believes
   */
  record Reachable(
      State state,
      Fault fault,
      String reason,
      String version,
      long clusterId,
      long memberId,
      Role role,
      long leaderId,
      long term,
      long appliedIndex,
      long databaseBytes,
      String dataReadableFrom,
      CertificatesInUse certificates)
      implements NodeReport {}

  /** Where a node is in its life. */
  enum State {
    IDLE,
    RUNNING,
    PAUSED,
    TERMINATED,
    UNKNOWN
  }

  /** What a node cannot mend by itself. */
  enum Fault {
    NONE,
    DATA_LOST,
    FORMAT_TOO_NEW,
    DISK_FAILED
  }

  /** The part that a node plays in Raft. */
  enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    LEARNER,
    NONE
  }
}

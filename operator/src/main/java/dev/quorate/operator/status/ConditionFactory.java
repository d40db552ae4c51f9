package dev.quorate.operator.status;

import dev.quorate.crds.Condition;
import dev.quorate.crds.Condition.Status;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.certificate.CertificateReport;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.Plan;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Replacements;
import dev.quorate.operator.plan.SpaceMessages;
import dev.quorate.operator.plan.UpdateMessages;
import dev.quorate.operator.plan.VolumeMessages;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the conditions; all of them, always, so that absence never has to be understood. */
record ConditionFactory(
    RaftClusterSpec spec,
    ObservedCluster observed,
    Plan plan,
    CertificateReport certificates,
    RaftClusterStatus before,
    @Nullable Long generation,
    Instant now) {

  /** Why no leader can be asked, where that is as it should be. */
  private static final Set<Reason> NOTHING_WRONG =
      Set.of(Reason.BOOTSTRAPPING, Reason.HIBERNATED, Reason.STARTING);

  /** What a condition says. */
  private record Finding(Status status, Reason reason, String message) {}

  List<Condition> all() {
    return List.of(
        condition("Ready", ready()),
        condition("Progressing", progressing()),
        condition("Degraded", degraded()),
        condition("QuorumAtRisk", quorumAtRisk()),
        condition("UpToDate", upToDate()),
        condition("SpecValid", specValid()),
        condition("CertificatesValid", certificatesValid()));
  }

  private Finding ready() {
    var blind = blind();
    if (blind != null) {
      return blind;
    }
    int voters = observed.voters().size();
    int serving = observed.servingVoters();
    if (serving < voters) {
      return no(Reason.MEMBERS_UNHEALTHY, unhealthy());
    }
    if (voters < spec.replicas()) {
      return no(
          Reason.MEMBERS_MISSING, "%d of %d members are there".formatted(voters, spec.replicas()));
    }
    if (voters > spec.replicas() && plan.purpose() != Purpose.UPDATE) {
      return no(
          Reason.TOO_MANY_MEMBERS,
          "%d members are there, %d are wanted".formatted(voters, spec.replicas()));
    }
    return yes(Reason.ALL_MEMBERS_HEALTHY, "all %d members are healthy".formatted(voters));
  }

  private Finding progressing() {
    var what = planned();
    return switch (plan.purpose()) {
      case BOOTSTRAP -> yes(Reason.BOOTSTRAPPING, what);
      case REPAIR -> yes(Reason.REPAIRING, what);
      case SCALE -> yes(Reason.SCALING, what);
      case UPDATE -> yes(Reason.UPDATING, what);
      case STEADY -> no(Reason.AS_WANTED, what);
      case INVALID -> no(Reason.SPEC_INVALID, what);
      case PAUSED -> no(Reason.PAUSED, what);
      case HIBERNATE ->
          observed.asleep() ? no(Reason.HIBERNATED, what) : yes(Reason.HIBERNATED, what);
      case START -> yes(Reason.STARTING, what);
      case BLOCKED -> no(Reason.BLOCKED, what);
      case ELECTION -> no(Reason.NO_LEADER, what);
      case QUORUM_LOST -> no(Reason.QUORUM_LOST, what);
      case UNKNOWN -> unknown(what);
    };
  }

  private String planned() {
    return plan.waitingFor().isEmpty()
        ? plan.summary()
        : plan.summary() + "; waiting for " + plan.waitingFor();
  }

  private Finding degraded() {
    if (plan.purpose() == Purpose.QUORUM_LOST) {
      return yes(Reason.QUORUM_LOST, plan.summary());
    }
    if (plan.purpose() == Purpose.HIBERNATE && !observed.lostVoters().isEmpty()) {
      return yes(Reason.MEMBERS_UNHEALTHY, lostInSleep());
    }
    var blind = blind();
    if (blind != null) {
      return NOTHING_WRONG.contains(blind.reason()) || blind.status() == Status.UNKNOWN
          ? blind
          : yes(blind.reason(), blind.message());
    }
    var alarm = SpaceMessages.alarm(spec, observed);
    if (alarm != null) {
      return yes(Reason.NO_SPACE, alarm);
    }
    var refusal = Replacements.refusal(spec, observed, now);
    if (refusal != null) {
      return yes(
          refusal.until() == null ? Reason.REPAIR_DISABLED : Reason.REPLACEMENTS_EXHAUSTED,
          refusal.message());
    }
    if (observed.servingVoters() < observed.voters().size()) {
      return yes(Reason.MEMBERS_UNHEALTHY, unhealthy());
    }
    var full = SpaceMessages.full(spec, observed);
    return full != null
        ? yes(Reason.VOLUMES_FULL, full)
        : no(Reason.ALL_MEMBERS_HEALTHY, "no member is unhealthy");
  }

  private Finding quorumAtRisk() {
    if (plan.purpose() == Purpose.QUORUM_LOST) {
      return yes(Reason.QUORUM_LOST, plan.quorum());
    }
    var blind = blind();
    if (blind != null) {
      return blind.status() == Status.UNKNOWN
          ? blind
          : new Finding(Status.UNKNOWN, blind.reason(), blind.message());
    }
    int voters = observed.voters().size();
    int spare = observed.servingVoters() - (voters / 2 + 1);
    var arithmetic =
        "voters %d, healthy %d, needed %d"
            .formatted(voters, observed.servingVoters(), voters / 2 + 1);
    return spare < 1 && voters >= 3
        ? yes(Reason.NO_FAILURE_SURVIVABLE, arithmetic + ": one more failure stops the cluster")
        : no(Reason.ENOUGH_HEALTHY_MEMBERS, arithmetic);
  }

  private Finding upToDate() {
    var members = observed.all().stream().filter(member -> member.raft() != null).toList();
    if (members.isEmpty()) {
      return new Finding(Status.UNKNOWN, Reason.BOOTSTRAPPING, "there are no members yet");
    }
    var rejected = plan.verdicts().rejected();
    if (rejected != null) {
      return no(Reason.UPDATE_ROLLED_BACK, UpdateMessages.rolledBack(rejected));
    }
    var refused = UpdateMessages.refused(spec, observed);
    if (refused != null) {
      return no(Reason.VERSION_REFUSED, refused);
    }
    var outdated = names(members, observed::outdated);
    if (!outdated.isEmpty()) {
      return plan.purpose() == Purpose.UPDATE
          ? no(Reason.UPDATING, "made from an earlier spec and updated in turn: " + outdated)
          : no(Reason.UPDATE_PENDING, pending(outdated));
    }
    var different = names(members, member -> member.platform().volumeFit().unchangeable());
    if (!different.isEmpty()) {
      return no(Reason.VOLUMES_DIFFER, VolumeMessages.different(spec, observed));
    }
    var small = names(members, member -> member.platform().volumeFit().smaller());
    return small.isEmpty()
        ? yes(Reason.AS_WANTED, "all members are as the spec says")
        : no(Reason.VOLUMES_TOO_SMALL, "volumes that are smaller than wanted: " + small);
  }

  private String pending(String outdated) {
    var why =
        plan.purpose() == Purpose.PAUSED
            ? "nothing is done while spec.paused is true"
            : plan.purpose() == Purpose.HIBERNATE
                ? "they are updated one at a time after spec.hibernated is false again"
                : "members are updated one at a time, while all others are healthy and nothing else is under way";
    return "made from an earlier spec: %s; %s".formatted(outdated, why);
  }

  private static String names(List<ClusterMember> members, Predicate<ClusterMember> which) {
    return members.stream()
        .filter(which)
        .map(ClusterMember::name)
        .collect(Collectors.joining(", "));
  }

  private Finding specValid() {
    if (plan.purpose() == Purpose.INVALID) {
      return no(Reason.SPEC_INVALID, plan.summary());
    }
    var refused = UpdateMessages.refused(spec, observed);
    if (refused != null) {
      return no(Reason.VERSION_REFUSED, refused);
    }
    return spec.replicas() % 2 == 0
        ? yes(
            Reason.EVEN_REPLICAS,
            "replicas is even: %d members survive no more failures than %d"
                .formatted(spec.replicas(), spec.replicas() - 1))
        : yes(Reason.SPEC_VALID, "the spec is valid");
  }

  private Finding certificatesValid() {
    return switch (certificates.state()) {
      case DISABLED -> no(Reason.TLS_DISABLED, certificates.message());
      case CURRENT -> yes(Reason.CERTIFICATES_CURRENT, certificates.message());
      case ROTATING -> yes(Reason.AUTHORITY_ROTATING, certificates.message());
      case SECRET_MISSING -> no(Reason.SECRET_MISSING, certificates.message());
      case SECRET_INVALID -> no(Reason.SECRET_INVALID, certificates.message());
      case EXPIRED -> no(Reason.CERTIFICATE_EXPIRED, certificates.message());
      case UNKNOWN ->
          new Finding(Status.UNKNOWN, Reason.SECRETS_UNREADABLE, certificates.message());
    };
  }

  /** What is to say when no leader could be asked; null if one was. */
  private @Nullable Finding blind() {
    if (plan.purpose() == Purpose.HIBERNATE) {
      return no(Reason.HIBERNATED, plan.summary());
    }
    if (observed.live() != null) {
      return null;
    }
    return switch (plan.purpose()) {
      case BOOTSTRAP -> no(Reason.BOOTSTRAPPING, planned());
      case START -> no(Reason.STARTING, plan.summary());
      case BLOCKED -> no(Reason.BLOCKED, plan.summary());
      case ELECTION -> no(Reason.NO_LEADER, plan.summary());
      case QUORUM_LOST -> no(Reason.QUORUM_LOST, plan.summary());
      case STEADY, INVALID, PAUSED, HIBERNATE, REPAIR, SCALE, UPDATE, UNKNOWN ->
          unknown("no leader could be asked: " + plan.summary());
    };
  }

  private String lostInSleep() {
    return observed.lostVoters().stream()
        .map(member -> "%s (%s)".formatted(member.name(), member.loss()))
        .collect(
            Collectors.joining(
                ", ", "lost while asleep: ", "; replaced after waking, if a majority is left"));
  }

  private String unhealthy() {
    return observed.voters().stream()
        .filter(voter -> !voter.serves())
        .map(ClusterMember::name)
        .collect(Collectors.joining(", ", "unhealthy: ", ""));
  }

  private static Finding yes(Reason reason, String message) {
    return new Finding(Status.TRUE, reason, message);
  }

  private static Finding no(Reason reason, String message) {
    return new Finding(Status.FALSE, reason, message);
  }

  private static Finding unknown(String message) {
    return new Finding(Status.UNKNOWN, Reason.MEMBERS_UNREACHABLE, message);
  }

  private Condition condition(String type, Finding finding) {
    var since =
        before.conditions().stream()
            .filter(known -> known.type().equals(type) && known.status() == finding.status())
            .map(Condition::lastTransitionTime)
            .findFirst()
            .orElseGet(() -> MemberStatusFactory.time(now));
    return new Condition(
        type, finding.status(), finding.reason().word(), finding.message(), since, generation);
  }
}

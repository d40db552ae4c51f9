package dev.quorate.operator.status;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.Membership;
import dev.quorate.operator.plan.NodeReport;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.RaftMember;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the status of one member. */
final class MemberStatusFactory {
  private MemberStatusFactory() {}

  /** A volume that was kept is no member. */
  static boolean listed(ClusterMember member) {
    return member.raft() != null || !member.absent();
  }

  static MemberStatus from(
      ClusterMember member, ObservedCluster observed, RaftClusterStatus before, Instant now) {
    var raft = member.raft();
    var answer = member.answer();
    var address = member.platform().address();
    boolean led = observed.live() != null;
    boolean asleep = member.asleep() || (observed.hibernated() && member.absent());
    var health = health(member, led, asleep);
    var known = before.member(member.name());
    boolean same = known != null && health.equals(known.health()) && known.since() != null;
    return new MemberStatus(
        member.name(),
        raft == null ? null : "%016x".formatted(raft.id()),
        role(member, asleep),
        answer == null
            ? asleep && member.absent() ? "Terminated" : "Unknown"
            : capitalized(answer.state().name()),
        health,
        message(member, led, asleep),
        answer == null || answer.version().isEmpty() ? null : answer.version(),
        address == null ? null : address.peerUrl(),
        address == null ? null : address.clientUrl(),
        member.platform().machine().name(),
        member.platform().machine().zone(),
        lag(raft, observed.live()),
        databaseBytes(answer, known),
        same ? Objects.requireNonNull(known).since() : time(now),
        led && member.missing() ? unreachableSince(member, now) : null);
  }

  private static @Nullable Long databaseBytes(
      NodeReport.@Nullable Reachable answer, @Nullable MemberStatus known) {
    return answer == null || answer.databaseBytes() == 0
        ? null
        : Long.valueOf(
            RoundedBytes.told(
                answer.databaseBytes(), known == null ? null : known.databaseBytes()));
  }

  private static String unreachableSince(ClusterMember member, Instant now) {
    return time(Objects.requireNonNullElse(member.unreachableSince(), now));
  }

  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String health(ClusterMember member, boolean led, boolean asleep) {
    if (member.serves()) {
      return member.leaving() ? "Leaving" : "Healthy";
    }
    if (member.loss() != null) {
      return "Lost";
    }
    if (asleep) {
      return "Asleep";
    }
    return switch (member.platform().process()) {
      case STARTING -> "Starting";
      case ABSENT, FAILED, STOPPING -> "Unhealthy";
      case RUNNING, UNKNOWN ->
          switch (member.node()) {
            case NodeReport.Unreachable _ -> "Unknown";
            case NodeReport.Reachable answer when judgedByNobody(member, answer, led) -> "Unknown";
            case NodeReport.Reachable answer ->
                answer.state() == NodeReport.State.IDLE || !member.votes()
                    ? "Starting"
                    : "Unhealthy";
          };
    };
  }

  /** It runs and finds nothing wrong; whether it keeps up only a leader could tell. */
  private static boolean judgedByNobody(
      ClusterMember member, NodeReport.Reachable answer, boolean led) {
    return !led
        && member.raft() != null
        && answer.state() == NodeReport.State.RUNNING
        && answer.fault() == NodeReport.Fault.NONE;
  }

  private static @Nullable String message(ClusterMember member, boolean led, boolean asleep) {
    if (member.healthy()) {
      return null;
    }
    if (member.loss() != null) {
      return member.loss();
    }
    if (asleep) {
      return member.absent()
          ? "it is stopped, and its volume kept, until spec.hibernated is false"
          : "it is being stopped, because spec.hibernated is true";
    }
    if (member.raft() == null && member.platform().template().ordered() == null && led) {
      return "it is no member any more; what is left of it goes when its machine lets it";
    }
    var detail = member.platform().detail();
    boolean explains = member.serves() || !member.leaving();
    if (!detail.isEmpty() && explains) {
      return detail;
    }
    return switch (member.node()) {
      case NodeReport.Unreachable(var why) ->
          member.platform().process() == ProcessState.ABSENT ? "it does not run" : why;
      case NodeReport.Reachable answer when answer.state() == NodeReport.State.IDLE ->
          "it is empty and waits to be told to join";
      case NodeReport.Reachable answer when !answer.reason().isEmpty() -> answer.reason();
      case NodeReport.Reachable answer when judgedByNobody(member, answer, led) ->
          "there is no leader to ask about it";
      case NodeReport.Reachable _ when member.raft() == null -> "it is no member of the cluster";
      case NodeReport.Reachable _ -> "the leader did not hear of it lately";
    };
  }

  private static String role(ClusterMember member, boolean asleep) {
    if (asleep) {
      // Nobody can change the configuration meanwhile.
      return member.raft() != null && member.raft().learner() ? "Learner" : "None";
    }
    if (!(member.node() instanceof NodeReport.Reachable answer)) {
      return "Unknown";
    }
    if (member.raft() != null && member.raft().learner()) {
      return "Learner"; // A new member does not know it yet itself.
    }
    return switch (answer.role()) {
      case LEADER -> member.leads() ? "Leader" : "Follower";
      case FOLLOWER -> "Follower";
      case CANDIDATE -> "Candidate";
      case LEARNER -> "Learner";
      case NONE -> "None";
    };
  }

  /** Only while it catches up: a number that changes with every write is not for the status. */
  private static @Nullable Long lag(@Nullable RaftMember raft, Membership.@Nullable Live live) {
    return raft == null || live == null || !raft.learner() || raft.caughtUp()
        ? null
        : Long.valueOf(Math.max(0, live.lastIndex() - raft.matchIndex()));
  }

  static String capitalized(String constant) {
    return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
  }
}

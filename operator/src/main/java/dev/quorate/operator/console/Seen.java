package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was seen of members before, so that what they are for a moment is not taken for a change: a
 * voter that starts again calls itself a learner, and one that hangs is not one that starts.
 */
final class Seen {
  private static final Set<String> ROLES_OF_VOTERS = Set.of("Leader", "Follower", "Candidate");

  private final Set<String> voters = new HashSet<>();
  private final Set<Long> answered = new HashSet<>();

  void see(RaftClusterStatus status, Map<String, RunningProcess> processes) {
    for (var member : status.members()) {
      var role = member.role();
      if (role != null && ROLES_OF_VOTERS.contains(role)) {
        voters.add(member.name());
      }
      var process = processes.get(member.name());
      if (process != null && !"Unknown".equals(member.state())) {
        answered.add(process.pid());
      }
    }
    voters.removeIf(name -> status.member(name) == null);
  }

  /** Those that serve clients, or will again soon, at the address that they had. */
  List<MemberStatus> serving(RaftClusterStatus status) {
    return status.members().stream()
        .filter(member -> member.id() != null && voters.contains(member.name()))
        .filter(member -> !"Lost".equals(member.health()))
        .toList();
  }

  /** The same processes; one that answered before has long started. */
  Map<String, RunningProcess> settled(Map<String, RunningProcess> processes) {
    var settled = new TreeMap<>(processes);
    settled.replaceAll(
        (_, process) ->
            answered.contains(process.pid())
                ? new RunningProcess(process.pid(), Instant.EPOCH)
                : process);
    return settled;
  }
}

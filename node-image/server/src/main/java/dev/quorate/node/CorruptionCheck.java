package dev.quorate.node;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmRequest.AlarmAction;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.peer.StateHash;
import dev.quorate.node.replication.ClusterControl.Haste;
import dev.quorate.node.rpc.ServingMember;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the states of all members while this one leads, and raises the CORRUPT alarm for a
 * member that differs twice in a row. Nothing happens while no revision is added, and hashing never
 * takes more than a small share of a processor, however large the state is.
 */
final class CorruptionCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CorruptionCheck.class);

  /** Which revision is compared. */
  enum At {
    NEWEST,
    COMPACTED
  }

  private final ServingMember member;
  private final ScheduledExecutorService timer;
  private final At at;
  private final Duration interval;
  private long checkedRevision;

  /**
   * A check that is not begun yet.
   *
   * @param interval how often, while there is something new to compare; zero means never
   */
  CorruptionCheck(ServingMember member, ScheduledExecutorService timer, At at, Duration interval) {
    this.member = member;
    this.timer = timer;
    this.at = at;
    this.interval = interval;
  }

  void start() {
    if (interval.isPositive()) {
      again();
    }
  }

  private long revision() {
    var state = member.state().get();
    return switch (at) {
      case NEWEST -> state.revision();
      // Before the first compaction there is none, and nothing to do.
      case COMPACTED -> Math.max(0, state.compactRevision());
    };
  }

  private void again() {
    try {
      var _ = timer.schedule(this::checkIfDue, interval.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // The node is ending.
    }
  }

  private void checkIfDue() {
    long revision = revision();
    if (!member.control().status().raft().leads() || revision == checkedRevision) {
      again();
      return;
    }
    checkedRevision = revision;
    var _ =
        check()
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOG.warn("the members' states were not compared: {}", failure.toString());
                  }
                  again();
                });
  }

  /** Compares once, and once more if members differ. */
  CompletableFuture<Void> check() {
    return compare()
        .thenCompose(
            first ->
                first.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : compare().thenAccept(second -> raiseIfSame(first, second)));
  }

  private void raiseIfSame(SortedSet<Long> first, SortedSet<Long> second) {
    if (first.equals(second)) {
      second.forEach(this::raise);
    } else {
      LOG.warn("members {} differed from the others, and then {}: looking again", first, second);
    }
  }

  private CompletableFuture<SortedSet<Long>> compare() {
    long self = member.control().identity().memberId();
    var members =
        member.state().get().members().list().stream()
            .map(Member::getID)
            .collect(Collectors.toSet());
    return member
        .control()
        .stateHash(self, at == At.NEWEST ? 0 : revision(), Haste.UNHURRIED)
        .thenCompose(
            own ->
                others(members, self, own.getRevision())
                    .thenApply(others -> HashVerdict.wrong(self, own, others, members.size())));
  }

  /** What the others answer; who does not answer is not in it. */
  private CompletableFuture<Map<Long, StateHash>> others(
      Iterable<Long> members, long self, long revision) {
    var answers = new ConcurrentHashMap<Long, StateHash>();
    CompletableFuture<?> all = CompletableFuture.completedFuture(null);
    for (long id : members) {
      if (id != self) {
        var answer =
            member
                .control()
                .stateHash(id, revision, Haste.UNHURRIED)
                .thenAccept(hash -> answers.put(id, hash))
                .exceptionally(
                    failure -> {
                      LOG.info("member {} was not compared: {}", id, failure.toString());
                      return null;
                    });
        all = all.thenCombine(answer, (_, _) -> answers);
      }
    }
    return all.thenApply(_ -> answers);
  }

  private void raise(long id) {
    var alarm = AlarmMember.newBuilder().setMemberID(id).setAlarm(AlarmType.CORRUPT).build();
    var members = member.state().get().members();
    // Comparing takes its time: one that was removed meanwhile would take its alarm off no more.
    if (members.alarms().contains(alarm) || members.isRemoved(id)) {
      return;
    }
    LOG.error(
        "member {} holds something else than the majority: raising the CORRUPT alarm, nothing is"
            + " changed any more until it is cleared; replace the member, then disarm",
        id == HashVerdict.NOBODY_KNOWS ? "(nobody knows which)" : Long.toHexString(id));
    var request =
        AlarmRequest.newBuilder()
            .setAction(AlarmAction.ACTIVATE)
            .setMemberID(id)
            .setAlarm(AlarmType.CORRUPT);
    var _ = member.proposals().submit(Command.newBuilder().setAlarm(request));
  }
}

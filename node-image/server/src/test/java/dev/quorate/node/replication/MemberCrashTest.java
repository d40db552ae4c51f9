package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.recorded.CrashPoint;
import dev.quorate.node.storage.recorded.DiskChange;
import dev.quorate.node.storage.recorded.RecordedDisk;
import dev.quorate.raft.Message;
import dev.quorate.raft.check.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crash of a running member between any two operations on its disk: what it had told anybody is
 * true afterwards, and its state is what its log says, nothing half.
 */
@Timeout(300)
final class MemberCrashTest {
  private static final int ROUNDS = 12;
  private static final int SEGMENTS_REMOVED = 2;
  private static final int PUTS_IN_ROUND = 110;
  private static final String VALUE = "value";

  @TempDir private Path directory;
  private final MemoryNetwork network = new MemoryNetwork();
  private final ConcurrentLinkedQueue<ReplicaFault> faults = new ConcurrentLinkedQueue<>();
  private final ReplicaListener listener =
      new ReplicaListener() {
        @Override
        public void failed(ReplicaFault fault) {
          faults.add(fault);
        }

        @Override
        public void removed() {}
      };

  /** So many keys, the first ones, were acknowledged to clients. */
  private record Acknowledged(int keys) {}

  /** The leader was told that the log is durable up to here. */
  private record Matched(long index) {}

  /** A candidate was told that it has this member's vote. */
  private record Voted(long term, long candidate) {}

  @Test
  void aMemberThatWritesFlushesAndShortensItsLog() throws Exception {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    try (var member = new DiskMember(1, disk.root().resolve("m"))) {
      member.found(members(1));
      disk.promise(new Acknowledged(0));
      var replica = member.start(network, listener);
      await().atMost(Duration.ofSeconds(60)).until(() -> replica.status().raft().leads());
      // Flushes go on beside the writes: how soon segments are removed is up to the machine.
      for (int round = 0; round < ROUNDS || segmentsRemoved(disk) < SEGMENTS_REMOVED; round++) {
        put(replica, round * PUTS_IN_ROUND, PUTS_IN_ROUND);
        disk.promise(new Acknowledged((round + 1) * PUTS_IN_ROUND));
      }
      replica.stop().join();
    }
    assertThat(faults).isEmpty();

    var segments = new TreeSet<String>();
    check(disk, 1, segments);
    assertThat(segments).as("segments that were made").hasSizeGreaterThan(5);
  }

  private static long segmentsRemoved(RecordedDisk disk) {
    return disk.changes().stream()
        .filter(
            change ->
                change instanceof DiskChange.Removed(Path path) && path.toString().endsWith(".wal"))
        .count();
  }

  @Test
  void aMemberThatIsSentTheState() throws Exception {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    network.listen(message -> promise(disk, message));
    var all = new ArrayList<DiskMember>();
    var replicas = new ArrayList<Replica>();
    for (long id = 1; id <= 3; id++) {
      var root = id == 3 ? disk.root() : directory;
      all.add(new DiskMember(id, root.resolve("m" + (id == 3 ? "" : id))));
      all.getLast().found(members(3));
    }
    disk.promise(new Acknowledged(0));
    // The recorded one comes last, and too late to lead.
    for (var member : all) {
      if (replicas.size() == 2) {
        var _ = awaitLeader(replicas);
      }
      replicas.add(member.start(network, listener));
    }
    var slow = replicas.getLast();
    put(awaitLeader(replicas), 0, PUTS_IN_ROUND);
    awaitKeys(slow, PUTS_IN_ROUND);
    network.cutOff(3);
    for (int round = 1; round < ROUNDS; round++) {
      put(awaitLeader(replicas), round * PUTS_IN_ROUND, PUTS_IN_ROUND);
    }
    network.reconnect(3);
    put(awaitLeader(replicas), ROUNDS * PUTS_IN_ROUND, PUTS_IN_ROUND);
    awaitKeys(slow, (ROUNDS + 1) * PUTS_IN_ROUND);
    replicas.stream().map(Replica::stop).toList().forEach(CompletableFuture::join);
    all.forEach(DiskMember::close);
    assertThat(faults).isEmpty();

    assertThat(moves(disk)).contains("m/incoming", "m/state.next", "m/state");
    check(disk, 3, new TreeSet<>());
  }

  private static Replica awaitLeader(List<Replica> replicas) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> replicas.stream().filter(one -> one.status().raft().leads()).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static void promise(RecordedDisk disk, Message message) {
    if (message.from() != 3) {
      return;
    }
    switch (message) {
      case Message.AppendReply(_, _, _, boolean rejected, long index, _) when !rejected ->
          disk.promise(new Matched(index));
      case Message.VoteReply(_, long to, long term, boolean preVote, boolean granted)
          when granted && !preVote ->
          disk.promise(new Voted(term, to));
      case Message _ -> {}
    }
  }

  private static List<String> moves(RecordedDisk disk) {
    return disk.changes().stream()
        .filter(DiskChange.Moved.class::isInstance)
        .map(change -> ((DiskChange.Moved) change).from().toString())
        .toList();
  }

  private static void awaitKeys(Replica replica, int count) {
    await().atMost(Duration.ofSeconds(60)).until(() -> replica.machine().revision() == 1 + count);
  }

  private static List<Member> members(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(MemoryCluster::member).toList();
  }

  private static void put(Replica replica, int from, int count) {
    var all = new ArrayList<CompletableFuture<ApplyResult>>();
    for (int i = from; i < from + count; i++) {
      all.add(MemoryCluster.put(replica, key(i), VALUE));
    }
    all.forEach(put -> assertThat(put.join()).isInstanceOf(ApplyResult.Done.class));
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(MemberCrashTest::key).toList();
  }

  private static String key(int number) {
    return "key-%05d".formatted(number);
  }

  private void check(RecordedDisk disk, long id, Set<String> names) throws IOException {
    var states = new HashMap<Map<String, Bytes>, DiskMember.State>();
    int checked = 0;
    for (var point : CrashPoint.all(disk.changes(), id)) {
      if (point.promises().isEmpty()) {
        continue;
      }
      names.addAll(
          point.image().files().keySet().stream()
              .filter(name -> name.endsWith(".wal"))
              .collect(Collectors.toSet()));
      var crashed = directory.resolve("crash");
      try (var member = new DiskMember(id, point.restore(crashed).resolve("m"))) {
        var found = member.read(states);
        assertThat(found.keys()).as("%s", point).isEqualTo(keys(found.keys().size()));
        point.promises().forEach(promise -> checkKept(promise, found, point));
      }
      Directories.delete(crashed);
      checked++;
    }
    for (var state : states.values()) {
      assertThat(state.revision()).as("revision of %s", state).isEqualTo(1 + state.keys().size());
    }
    assertThat(checked).isGreaterThan(100);
  }

  private static void checkKept(Object promise, DiskMember.Found found, CrashPoint point) {
    var hard = found.restored().hardState();
    switch (promise) {
      case Acknowledged(int keys) ->
          assertThat(found.keys()).as("%s", point).hasSizeGreaterThanOrEqualTo(keys);
      case Matched(long index) ->
          assertThat(found.lastIndex()).as("%s", point).isGreaterThanOrEqualTo(index);
      case Voted(long term, long candidate) ->
          assertThat(hard.term() > term || (hard.term() == term && hard.vote() == candidate))
              .as("%s: %s of %s", point, hard, promise)
              .isTrue();
      default -> throw new AssertionError("unknown promise " + promise);
    }
  }
}

package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random requests, answered by the real store and by {@link NaiveStore}. */
final class KvStateMachineModelTest {
  private static final int STEPS = 400;
  private static final long PROPOSER = 0xabcdL;
  private static final long TERM = 1;

  /** Fewer for mutation testing, which runs them for every change of the code. */
  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("model.seeds", 40));
  }

  private final KvStateMachine real = new KvStateMachine(new MemoryStateStorage());
  private final NaiveStore naive = new NaiveStore();
  private final List<Entry> log = new ArrayList<>();
  private final List<Applied> outcomes = new ArrayList<>();

  @ParameterizedTest
  @MethodSource("seeds")
  void answersAsTheNaiveStoreAndTheSameInAnyRounds(long seed) {
    var random = new SplittableRandom(seed);
    var requests = new RandomRequests(random.split());
    for (int step = 0; step < STEPS; step++) {
      step(requests, random.nextInt(23), "seed " + seed + ", step " + step);
    }
    inOtherRounds(random.split(), seed);
  }

  private void step(RandomRequests requests, int kind, String where) {
    long now = naive.revision();
    if (kind < 6) {
      var request = requests.range(now);
      assertThat(real.reads().range(request))
          .as("%s: %s", where, request)
          .isEqualTo(naive.range(request));
      return;
    }
    var command = Command.newBuilder();
    ApplyResult expected;
    if (kind < 11) {
      var request = requests.put();
      expected = naive.put(request);
      command.setPut(request);
    } else if (kind < 13) {
      var request = requests.delete();
      expected = naive.deleteRange(request);
      command.setDeleteRange(request);
    } else if (kind < 19) {
      var request = requests.txn(now, 2);
      expected = txn(request, where);
      command.setTxn(request);
    } else if (kind < 20) {
      var request = requests.grant();
      expected = naive.grant(request);
      command.setLeaseGrant(request);
    } else if (kind < 21) {
      var request = requests.revocation();
      expected = naive.revoke(request, TERM);
      command.setLeaseRevoke(request);
    } else if (kind < 22) {
      var request = requests.checkpoint();
      expected = naive.checkpoint(request, TERM);
      command.setLeaseCheckpoint(request);
    } else {
      var request = requests.compaction(now);
      expected = naive.compact(request);
      command.setCompact(request);
    }
    var entry = entry(command);
    var applied = real.apply(List.of(entry));
    outcomes.addAll(applied);
    assertThat(applied)
        .as("%s: %s", where, command)
        .containsExactly(new Applied(PROPOSER, entry.index(), expected));
    assertThat(real.revision()).isEqualTo(naive.revision());
    assertSameLeases(real, where);
  }

  private void assertSameLeases(KvStateMachine machine, String where) {
    var leases = machine.reads().leases().leases();
    assertThat(leases).as(where).containsExactlyInAnyOrderElementsOf(naive.leases());
    for (var lease : leases) {
      assertThat(machine.reads().lease(lease.id(), true).keys())
          .as(where)
          .containsExactlyElementsOf(naive.keys(lease.id()));
    }
  }

  private ApplyResult txn(TxnRequest request, String where) {
    if (Transactions.readOnly(request)) {
      var read = real.reads().txn(request, AnswerRoom.UNBOUNDED);
      var expected = naive.txn(request);
      assertThat(read).as("%s, only read: %s", where, request).isEqualTo(expected);
      return expected;
    }
    return naive.txn(request);
  }

  private Entry entry(Command.Builder command) {
    long index = log.size() + 1L;
    var data = command.setProposer(PROPOSER).setSequence(index).build().toByteArray();
    var entry = new Entry(new EntryId(TERM, index), EntryKind.COMMAND, Bytes.of(data));
    log.add(entry);
    return entry;
  }

  /** Rounds of other sizes, entries that come again, a crash: all the same in the end. */
  private void inOtherRounds(SplittableRandom random, long seed) {
    var storage = new MemoryStateStorage();
    // Also between the pieces of one command.
    var flushed =
        new ObservedStorage(
            storage,
            () -> {
              if (random.nextInt(8) == 0) {
                storage.flush();
              }
            });
    var machine = new KvStateMachine(flushed, pieces(random));
    var again = new ArrayList<Applied>();
    int next = 0;
    while (next < log.size()) {
      int from = Math.max(0, next - random.nextInt(5));
      int to = Math.min(log.size(), next + random.nextInt(1, 30));
      again.addAll(machine.apply(log.subList(from, to)));
      next = (int) machine.appliedId().index();
    }
    while (machine.hasDeferredWork()) {
      again.addAll(machine.apply(List.of()));
    }
    assertThat(again).containsExactlyInAnyOrderElementsOf(outcomes);
    assertThat(machine.reads().hash(0)).as("seed %s", seed).isEqualTo(real.reads().hash(0));

    var restarted = new KvStateMachine(storage.crashed(), pieces(random));
    int applied = (int) restarted.appliedId().index();
    applyAll(restarted, log.subList(applied, log.size()));
    assertThat(restarted.reads().hash(0)).isEqualTo(real.reads().hash(0));
    assertThat(restarted.appliedId()).isEqualTo(real.appliedId());
    assertSameLeases(machine, "seed " + seed + ", other rounds");
    assertSameLeases(restarted, "seed " + seed + ", restarted");
    for (long revision = Math.max(1, naive.compactRevision());
        revision <= naive.revision();
        revision++) {
      assertThat(machine.reads().hash(revision)).isEqualTo(real.reads().hash(revision));
    }
  }

  private static void applyAll(KvStateMachine machine, List<Entry> entries) {
    while (!entries.isEmpty() && machine.appliedId().index() < entries.getLast().index()) {
      machine.apply(entries);
    }
  }

  private static Pieces pieces(SplittableRandom random) {
    return new Pieces(random.nextInt(1, 20), random.nextInt(1, 5), random.nextInt(1, 2000));
  }

  /** What a compaction leaves behind is what can be read and nothing more. */
  @ParameterizedTest
  @MethodSource("seeds")
  void compactionLeavesNothingBehind(long seed) {
    var random = new SplittableRandom(seed);
    var requests = new RandomRequests(random.split());
    var storage = new MemoryStateStorage();
    var machine = new KvStateMachine(storage, pieces(random));
    for (int step = 0; step < 100; step++) {
      for (int i = 0; i < 20; i++) {
        machine.apply(List.of(entry(Command.newBuilder().setPut(requests.put()))));
        machine.apply(List.of(entry(Command.newBuilder().setDeleteRange(requests.delete()))));
      }
      var compaction = requests.compaction(machine.revision());
      machine.apply(List.of(entry(Command.newBuilder().setCompact(compaction))));
      if (step % 10 == 0) {
        // A change behind it, so that no delete stands at the compacted revision itself.
        long revision = machine.revision();
        applyAll(
            machine,
            List.of(
                entry(Command.newBuilder().setPut(RandomRequests.marker())),
                entry(
                    Command.newBuilder()
                        .setCompact(CompactionRequest.newBuilder().setRevision(revision + 1)))));
        while (machine.hasDeferredWork()) {
          machine.apply(List.of());
        }
        long live =
            ((ApplyResult.Done) machine.reads().range(RandomRequests.everything())).response()
                    instanceof RangeResponse all
                ? all.getCount()
                : -1;
        assertThat(rows(storage, Table.LATEST)).isEqualTo(live);
        assertThat(rows(storage, Table.HISTORY)).isEqualTo(live);
      }
    }
  }

  private static long rows(MemoryStateStorage storage, Table table) {
    long rows = 0;
    try (var view = storage.view();
        var cursor = view.scan(table, new byte[0], null)) {
      for (; cursor.valid(); cursor.next()) {
        rows++;
      }
    }
    return rows;
  }
}

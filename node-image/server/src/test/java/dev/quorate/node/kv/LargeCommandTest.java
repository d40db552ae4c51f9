package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deletes and revokes of more keys than may be held in memory: in pieces that nobody sees. */
final class LargeCommandTest {
  private static final int KEYS = 500;
  private static final long LEASE = 7;
  private static final Pieces SMALL = new Pieces(1000, 20, 8 << 10);
  private static final DeleteRangeRequest ALL =
      DeleteRangeRequest.newBuilder()
          .setKey(ByteString.copyFromUtf8("k"))
          .setRangeEnd(ByteString.copyFromUtf8("l"))
          .build();

  private final MemoryStateStorage disk = new MemoryStateStorage();
  private final List<Entry> log = new ArrayList<>();
  private Runnable committed = () -> {};
  private KvStateMachine machine =
      new KvStateMachine(new ObservedStorage(disk, () -> committed.run()), SMALL);

  @Test
  void aDeleteIsSeenAsAWholeOrNotAtAll() {
    put(KEYS);
    assertSeenAtOnce(Command.newBuilder().setDeleteRange(ALL));
  }

  @Test
  void aRevokeIsSeenAsAWholeOrNotAtAll() {
    put(KEYS);
    var revocation = LeaseRevocation.newBuilder().setId(LEASE);
    assertSeenAtOnce(Command.newBuilder().setLeaseRevoke(revocation));
    assertThat(machine.reads().leases().leases()).isEmpty();
  }

  private void assertSeenAtOnce(Command.Builder command) {
    var before = look();
    var seen = new ArrayList<Look>();
    committed = () -> seen.add(look());
    var recorded = new ArrayList<Change>();
    var applied = machine.apply(List.of(entry(command)), recorded, Audience.EVERYBODY);
    assertThat(((ApplyResult.Done) applied.getFirst().result()).revision())
        .isEqualTo(before.revision + 1);
    assertThat(seen).hasSizeGreaterThan(5);
    assertThat(seen.subList(0, seen.size() - 1)).allMatch(before::equals);
    assertThat(look())
        .isEqualTo(new Look(before.revision + 1, 0, before.changes + KEYS, List.of(), look().hash));
    assertThat(machine.recordedAll()).isFalse();
    assertThat(recorded).isEmpty();

    machine.apply(List.of(entry(put("other"))), recorded, Audience.EVERYBODY);
    assertThat(machine.recordedAll()).isTrue();
    assertThat(recorded).hasSize(1);
  }

  @Test
  void aDeleteThatACrashHasInterruptedIsDoneAfterwards() {
    put(KEYS);
    long before = machine.revision();
    var flushes = new int[1];
    committed =
        () -> {
          if (flushes[0]++ < 3) {
            disk.flush();
          }
        };
    machine.apply(List.of(entry(Command.newBuilder().setDeleteRange(ALL))));
    var expected = machine.reads().hash(0);

    var crashed = disk.crashed();
    assertThat(rows(crashed, Table.HISTORY)).isBetween(KEYS + 1L, 2L * KEYS - 1);
    machine = new KvStateMachine(crashed, SMALL);
    assertThat(machine.revision()).isEqualTo(before);
    assertThat(rows(crashed, Table.HISTORY)).isEqualTo(KEYS);
    assertThat(look().count).isEqualTo(KEYS);
    assertThat(look().keysOfLease).hasSize(KEYS);
    var applied = machine.apply(List.of(log.getLast()));
    assertThat(((ApplyResult.Done) applied.getFirst().result()).response())
        .isInstanceOfSatisfying(
            DeleteRangeResponse.class,
            response -> assertThat(response.getDeleted()).isEqualTo(KEYS));
    assertThat(machine.reads().hash(0)).isEqualTo(expected);
    assertThat(machine.revision()).isEqualTo(before + 1);
  }

  /** It has made one key, made another one again, and changed and deleted many. */
  @Test
  void aTransactionThatACrashHasInterruptedLeavesNothing() {
    put(KEYS);
    machine.apply(List.of(entry(put("again"))));
    var again = DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("again"));
    machine.apply(List.of(entry(Command.newBuilder().setDeleteRange(again))));
    var before = look();
    var latest = content(disk, Table.LATEST);
    var history = content(disk, Table.HISTORY);
    var flushes = new int[1];
    committed =
        () -> {
          if (flushes[0]++ < 3) {
            disk.flush();
          }
        };
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestPut(put("again").getPut()))
            .addSuccess(RequestOp.newBuilder().setRequestPut(put("new").getPut()))
            .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(ALL));
    machine.apply(List.of(entry(Command.newBuilder().setTxn(txn))));
    var expected = machine.reads().hash(0);

    var crashed = disk.crashed();
    assertThat(content(crashed, Table.HISTORY)).hasSizeGreaterThan(history.size() + 2);
    machine = new KvStateMachine(crashed, SMALL);
    assertThat(content(crashed, Table.LATEST)).isEqualTo(latest);
    assertThat(content(crashed, Table.HISTORY)).isEqualTo(history);
    assertThat(look()).isEqualTo(before);
    machine.apply(List.of(log.getLast()));
    assertThat(machine.reads().hash(0)).isEqualTo(expected);
  }

  @Test
  void aRoundEndsWhenItHoldsEnough() {
    put(KEYS);
    var entries = new ArrayList<Entry>();
    for (int i = 1; i <= 40; i++) {
      var piece =
          ALL.toBuilder()
              .setKey(ByteString.copyFromUtf8("k" + (100 + 10 * i)))
              .setRangeEnd(ByteString.copyFromUtf8("k" + (110 + 10 * i)));
      entries.add(entry(Command.newBuilder().setDeleteRange(piece)));
    }
    var sizes = new ArrayList<Integer>();
    int applied = 0;
    while (applied < entries.size()) {
      var outcomes = machine.apply(entries.subList(applied, entries.size()));
      sizes.add(outcomes.size());
      applied += outcomes.size();
      assertThat(machine.appliedId()).isEqualTo(entries.get(applied - 1).id());
    }
    assertThat(sizes).hasSizeBetween(4, 20);
    assertThat(look().count).isEqualTo(KEYS - 400);
  }

  @Test
  void leasesThatChangedInARoundSayWithWhichEntry() {
    var grant = LeaseGrantRequest.newBuilder().setTTL(10);
    var entries =
        List.of(
            entry(Command.newBuilder().setLeaseGrant(grant.setID(1))),
            entry(put("other")),
            entry(Command.newBuilder().setLeaseGrant(grant.setID(2))));
    machine.apply(entries);
    assertThat(machine.leaseChanges())
        .extracting(LeaseChange.Applied::index)
        .containsExactly(1L, 3L);
  }

  @Test
  void answersThatNobodyWaitsForAreLeftOut() {
    put(KEYS);
    var range = RangeRequest.newBuilder().setKey(ALL.getKey()).setRangeEnd(ALL.getRangeEnd());
    var delete = ALL.toBuilder().setPrevKv(true);
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestRange(range))
            .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete));
    var entry = entry(Command.newBuilder().setTxn(txn));
    disk.flush();
    var alone = new KvStateMachine(disk.crashed(), SMALL);

    var heard = response(machine.apply(List.of(entry)));
    assertThat(heard.getResponses(0).getResponseRange().getKvsCount()).isEqualTo(KEYS);
    assertThat(heard.getResponses(1).getResponseDeleteRange().getPrevKvsCount()).isEqualTo(KEYS);
    var empty = response(alone.apply(List.of(entry), null, (_, _) -> false));
    assertThat(empty.getResponses(0).getResponseRange().getKvsCount()).isZero();
    assertThat(empty.getResponses(1).getResponseDeleteRange().getPrevKvsCount()).isZero();
    assertThat(alone.reads().hash(0)).isEqualTo(machine.reads().hash(0));
    assertThat(alone.appliedId()).isEqualTo(machine.appliedId());
  }

  private static TxnResponse response(List<Applied> applied) {
    return (TxnResponse) ((ApplyResult.Done) applied.getFirst().result()).response();
  }

  @Test
  void fewDeletesOfLargeValuesAreTooMuchToTellAsWell() {
    var value = ByteString.copyFrom(new byte[1 << 20]);
    machine = new KvStateMachine(disk);
    for (int i = 0; i < 20; i++) {
      var large = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k" + i)).setValue(value);
      machine.apply(List.of(entry(Command.newBuilder().setPut(large))));
    }
    var recorded = new ArrayList<Change>();
    var command = Command.newBuilder().setDeleteRange(ALL);
    machine.apply(List.of(entry(command)), recorded, Audience.EVERYBODY);
    assertThat(machine.recordedAll()).isFalse();
    assertThat(recorded).isEmpty();
  }

  @Test
  void aKeyThatATransactionDeletesAndCreatesAgainHasNothingBeforeIt() {
    put(1);
    var key = ByteString.copyFromUtf8("k100");
    var delete = DeleteRangeRequest.newBuilder().setKey(key).setRangeEnd(ALL.getRangeEnd());
    var put = PutRequest.newBuilder().setKey(key);
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete))
            .addSuccess(RequestOp.newBuilder().setRequestPut(put));
    var recorded = new ArrayList<Change>();
    var command = entry(Command.newBuilder().setTxn(txn));
    machine.apply(List.of(command), recorded, Audience.EVERYBODY);
    assertThat(recorded)
        .extracting(change -> change.event(true).hasPrevKv())
        .containsExactly(true, false);
    var limits = new HistoryPiece.Limits(100, 1 << 20, 1 << 20);
    var history = machine.reads().history(machine.revision(), new Everything(true), limits);
    assertThat(history.changes())
        .extracting(change -> change.event(true).hasPrevKv())
        .containsExactly(true, false);
  }

  /** What a client can see. */
  private record Look(
      long revision, long count, int changes, List<ByteString> keysOfLease, ApplyResult hash) {}

  private Look look() {
    var reads = machine.reads();
    var all = RangeRequest.newBuilder().setKey(ALL.getKey()).setRangeEnd(ALL.getRangeEnd()).build();
    var range = (ApplyResult.Done) reads.range(all);
    var one = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k100")).build();
    var single = (RangeResponse) ((ApplyResult.Done) reads.range(one)).response();
    long count = ((RangeResponse) range.response()).getCount();
    assertThat(single.getCount()).isEqualTo(count == 0 ? 0 : 1);
    var history =
        reads.history(1, new Everything(false), new HistoryPiece.Limits(100_000, 1 << 30, 1 << 30));
    return new Look(
        range.revision(),
        count,
        history.changes().size(),
        reads.lease(LEASE, true).keys(),
        reads.hash(0));
  }

  private record Everything(boolean previous) implements Interest {
    @Override
    public boolean covers(ByteString key) {
      return true;
    }

    @Override
    public boolean needsPrevious(ByteString key) {
      return previous;
    }
  }

  private void put(int count) {
    var grant = LeaseGrantRequest.newBuilder().setID(LEASE).setTTL(1000);
    machine.apply(List.of(entry(Command.newBuilder().setLeaseGrant(grant))));
    for (int i = 0; i < count; i++) {
      machine.apply(List.of(entry(put("k" + (100 + i)))));
    }
  }

  private static Command.Builder put(String key) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8("value"))
                .setLease(key.startsWith("k") ? LEASE : 0));
  }

  private Entry entry(Command.Builder command) {
    long index = log.size() + 1L;
    var data = Bytes.of(command.setProposer(1).setSequence(index).build().toByteArray());
    var entry = new Entry(new EntryId(1, index), EntryKind.COMMAND, data);
    log.add(entry);
    return entry;
  }

  private static List<String> content(MemoryStateStorage storage, Table table) {
    var rows = new ArrayList<String>();
    try (var view = storage.view();
        var cursor = view.scan(table, new byte[0], null)) {
      for (; cursor.valid(); cursor.next()) {
        rows.add(Arrays.toString(cursor.key()) + "=" + Arrays.toString(cursor.value()));
      }
    }
    return rows;
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

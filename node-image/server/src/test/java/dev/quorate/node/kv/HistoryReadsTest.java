package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pieces of history, to the revision, the row and the byte. */
final class HistoryReadsTest {
  private static final long NO_LIMIT = 1 << 30;

  private final MemoryStateStorage storage = new MemoryStateStorage();
  private final KvStateMachine machine = new KvStateMachine(storage);

  private record Of(String key, boolean needsPrevious) implements Interest {
    @Override
    public boolean covers(ByteString other) {
      return key.isEmpty() || other.equals(bytes(key));
    }

    @Override
    public boolean needsPrevious(ByteString other) {
      return needsPrevious;
    }
  }

  /** Revision 2 and 3: a; revision 4: a and b; revision 5: b. */
  @BeforeEach
  void fourRevisions() {
    command(Command.newBuilder().setPut(put("a")));
    command(Command.newBuilder().setPut(put("a")));
    command(
        Command.newBuilder()
            .setTxn(
                TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put("a")))
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put("b")))));
    command(Command.newBuilder().setPut(put("b")));
  }

  @Test
  void theRevisionOfACompactionStaysWholeUntilTheNext() {
    var delete = DeleteRangeRequest.newBuilder().setKey(bytes("a"));
    command(
        Command.newBuilder()
            .setTxn(
                TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete))
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put("a")))));
    compact(6);
    var changes = read(6, "", 100, NO_LIMIT, NO_LIMIT).changes();
    assertThat(changes).extracting(Change::isDelete).containsExactly(true, false);

    command(Command.newBuilder().setPut(put("b")));
    compact(7);
    assertThat(storage.get(Table.HISTORY, new Revision(6, 0).encode())).isNull();
    assertThat(storage.get(Table.HISTORY, new Revision(6, 1).encode())).isNotNull();
  }

  private void compact(long revision) {
    command(Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(revision)));
    while (machine.hasDeferredWork()) {
      var _ = machine.apply(List.of());
    }
  }

  @Test
  void endsAfterSoManyRowsButNeverWithinARevision() {
    assertPiece(read(2, "", 1, NO_LIMIT, NO_LIMIT), 3, 2);
    assertPiece(read(2, "", 2, NO_LIMIT, NO_LIMIT), 4, 2, 3);
    assertPiece(read(2, "", 3, NO_LIMIT, NO_LIMIT), 5, 2, 3, 4, 4);
    assertPiece(read(2, "", 4, NO_LIMIT, NO_LIMIT), 5, 2, 3, 4, 4);
    assertPiece(read(2, "", 5, NO_LIMIT, NO_LIMIT), 6, 2, 3, 4, 4, 5);
    assertPiece(read(2, "b", 2, NO_LIMIT, NO_LIMIT), 4);
  }

  @Test
  void endsAfterSoManyBytesOfWhatIsWanted() {
    long one = read(2, "", 1, NO_LIMIT, NO_LIMIT).changes().getFirst().sizeBytes();
    assertPiece(read(2, "", 100, one, NO_LIMIT), 3, 2);
    assertPiece(read(2, "", 100, one + 1, NO_LIMIT), 4, 2, 3);
    assertPiece(read(2, "b", 100, 1, NO_LIMIT), 5, 4);
  }

  @Test
  void endsBeforeARevisionThatIsTooLarge() {
    long one = read(2, "", 1, NO_LIMIT, NO_LIMIT).changes().getFirst().sizeBytes();
    var piece = read(2, "", 100, NO_LIMIT, one);
    assertPiece(piece, 4, 2, 3);
    assertThat(piece.endsBeforeLarge()).isTrue();
    assertThat(read(2, "", 100, NO_LIMIT, 2 * one).endsBeforeLarge()).isFalse();
    var ofOne = read(2, "a", 100, NO_LIMIT, one);
    assertPiece(ofOne, 6, 2, 3, 4);
    assertThat(ofOne.endsBeforeLarge()).as("only what is wanted counts").isFalse();
  }

  @Test
  void beginsWhereItIsAskedAndEndsBehindTheNewest() {
    assertPiece(read(5, "", 100, NO_LIMIT, NO_LIMIT), 6, 5);
    assertPiece(read(6, "", 100, NO_LIMIT, NO_LIMIT), 6);
    assertPiece(read(9, "", 100, NO_LIMIT, NO_LIMIT), 9);
    assertThat(read(2, "", 1, NO_LIMIT, NO_LIMIT).revision()).isEqualTo(5);
  }

  @Test
  void nothingBeforeTheCompactedRevisionCanBeTold() {
    command(Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(3)));
    var tooOld = read(2, "", 100, NO_LIMIT, NO_LIMIT);
    assertPiece(tooOld, 2);
    assertThat(tooOld.compactRevision()).isEqualTo(3);

    var limits = new HistoryPiece.Limits(100, 1 << 20, 1 << 20);
    var changes = machine.reads().history(3, new Of("a", true), limits).changes();
    assertThat(changes).hasSize(2);
    assertThat(changes.get(0).event(true).hasPrevKv()).as("revision 2 is compacted").isFalse();
    assertThat(changes.get(1).event(true).hasPrevKv()).as("revision 3 is not").isTrue();
  }

  private HistoryPiece read(
      long from, String key, int maxRows, long maxBytes, long maxRevisionBytes) {
    var limits = new HistoryPiece.Limits(maxRows, (int) maxBytes, maxRevisionBytes);
    return machine.reads().history(from, new Of(key, false), limits);
  }

  private static void assertPiece(HistoryPiece piece, long nextRevision, long... revisions) {
    assertThat(piece.changes().stream().mapToLong(Change::revision).toArray())
        .containsExactly(revisions);
    assertThat(piece.nextRevision()).isEqualTo(nextRevision);
  }

  private static PutRequest.Builder put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v"));
  }

  private void command(Command.Builder command) {
    var id = new EntryId(1, machine.appliedId().index() + 1);
    var data = Bytes.of(command.build().toByteArray());
    machine.apply(List.of(new Entry(id, EntryKind.COMMAND, data)));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

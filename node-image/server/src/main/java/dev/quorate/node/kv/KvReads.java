package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.StateStorage.View;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads of the applied state, each on a consistent picture of its own; of any thread. */
public final class KvReads {
  /** What {@link #hash} is of; another number with every change of it. */
  public static final int HASH_ALGORITHM = 1;

  private final StateStorage storage;
  private final Supplier<StoreState> committed;
  private final LongSupplier begunCompaction;
  private final OperationCounts counts;

  /**
   * @param committed the last state that is surely in the storage
   * @param begunCompaction nothing newer than this revision is deleted from the storage yet
   */
  KvReads(
      StateStorage storage,
      Supplier<StoreState> committed,
      LongSupplier begunCompaction,
      OperationCounts counts) {
    this.storage = storage;
    this.committed = committed;
    this.begunCompaction = begunCompaction;
    this.counts = counts;
  }

  /** What was done to the state here since the start, writes too. */
  public OperationCounts counts() {
    return counts;
  }

  /** For answers that cannot be large. */
  public ApplyResult range(RangeRequest request) {
    return range(request, AnswerRoom.UNBOUNDED);
  }

  /**
   * A range of any size.
   *
   * @param room asked before a pair is kept
   */
  public ApplyResult range(RangeRequest request, AnswerRoom room) {
    counts.did(1, 0, 0, 0);
    if (request.getRangeEnd().isEmpty() && request.getRevision() <= 0 && isPlain(request)) {
      var done = one(request, room);
      if (done != null) {
        return done;
      }
    }
    return read(
        (reader, state) -> {
          var error = reader.check(request.getRevision());
          return error != null
              ? new ApplyResult.Refused(error)
              : new ApplyResult.Done(reader.range(request, room), state.revision());
        });
  }

  /**
   * The first keys of a range, up to so many keys and about so many bytes, and whether there are
   * more; without a count. The revision that the request names, or else the present one, is what a
   * caller must name for the next page.
   */
  public ApplyResult page(RangeRequest request, long maxKeys, long maxBytes) {
    counts.did(1, 0, 0, 0);
    return read(
        (reader, state) -> {
          var error = reader.check(request.getRevision());
          return error != null
              ? new ApplyResult.Refused(error)
              : new ApplyResult.Done(reader.page(request, maxKeys, maxBytes), state.revision());
        });
  }

  private static boolean isPlain(RangeRequest request) {
    return !request.getCountOnly()
        && request.getMinModRevision() == 0
        && request.getMaxModRevision() == 0
        && request.getMinCreateRevision() == 0
        && request.getMaxCreateRevision() == 0;
  }

  /**
   * The read that nearly everybody makes, one key as it is now, without a view: a row that is not
   * newer than a revision that was committed before is the row of that revision. Null if a write
   * came in between and nobody can tell.
   */
  private ApplyResult.@Nullable Done one(RangeRequest request, AnswerRoom room) {
    long revision = committed.get().revision();
    byte[] row = storage.get(Table.LATEST, request.getKey().toByteArray());
    var latest = row == null ? null : KeyVersion.ofLatest(row);
    boolean changed =
        latest == null
            // A key that was there may have been deleted and the delete compacted since.
            ? begunCompaction.getAsLong() > revision
            : latest.mod.main() > revision;
    if (changed) {
      return null;
    }
    var response =
        RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(revision));
    if (latest != null && !latest.tombstone) {
      room.take(latest.rowBytes());
      response.setCount(1).addKvs(latest.toKeyValue(request.getKey(), !request.getKeysOnly()));
    }
    return new ApplyResult.Done(response.build(), revision);
  }

  /**
   * A transaction that only reads.
   *
   * @param room asked before a pair is kept
   */
  public ApplyResult txn(TxnRequest request, AnswerRoom room) {
    return read(
        (reader, state) -> TxnEvaluator.read(request, reader, state.revision(), room, counts));
  }

  /** Asks for the room that these pairs would take now: as quick as it is to read them. */
  public void measure(List<ByteString> keys, AnswerRoom room) {
    for (var key : keys) {
      byte[] row = storage.get(Table.LATEST, key.toByteArray());
      if (row != null) {
        room.take(PairSelection.bytes(key, row.length));
      }
    }
  }

  /** Asks for the room that the answer to a transaction would take if it were applied now. */
  public void measure(TxnRequest request, AnswerRoom room) {
    measure(room, meter -> meter.txn(request));
  }

  /** Asks for the room that the pairs would take which a delete would answer with. */
  public void measure(DeleteRangeRequest request, AnswerRoom room) {
    measure(room, meter -> meter.previous(request.getKey(), request.getRangeEnd()));
  }

  private void measure(AnswerRoom room, ToLongFunction<AnswerMeter> question) {
    try (View view = storage.view()) {
      var state = StoreState.read(view);
      var reader = new RangeReader(view, state.revision(), state.compactRevision());
      var _ = question.applyAsLong(new AnswerMeter(reader, room));
    }
  }

  /** What happened from a revision on, a bounded piece of it. */
  public HistoryPiece history(long fromRevision, Interest interest, HistoryPiece.Limits limits) {
    try (View view = storage.view()) {
      return new HistoryReader(view, StoreState.read(view), interest, limits).from(fromRevision);
    }
  }

  /** The hash of the versions that can be read up to a revision; 0 means the present. */
  public ApplyResult hash(long revision) {
    return hash(revision, () -> {});
  }

  /**
   * The same.
   *
   * @param betweenKeys is run after every key; it may take its time
   */
  public ApplyResult hash(long revision, Runnable betweenKeys) {
    try (var view = storage.sweepingView()) {
      return KvHash.of(view, StoreState.read(view), revision, betweenKeys);
    }
  }

  public LeaseReading.All leases() {
    try (var view = storage.view()) {
      var state = StoreState.read(view);
      return new LeaseReading.All(state.applied().index(), state.revision(), LeaseTable.all(view));
    }
  }

  public LeaseReading.One lease(long id, boolean withKeys) {
    try (var view = storage.view()) {
      var state = StoreState.read(view);
      return new LeaseReading.One(
          state.revision(),
          LeaseTable.find(view, id),
          withKeys ? LeasedKeys.of(view, state, id) : List.of());
    }
  }

  private ApplyResult read(BiFunction<RangeReader, StoreState, ApplyResult> question) {
    try (View view = storage.view()) {
      var state = StoreState.read(view);
      return question.apply(
          new RangeReader(view, state.revision(), state.compactRevision()), state);
    }
  }
}

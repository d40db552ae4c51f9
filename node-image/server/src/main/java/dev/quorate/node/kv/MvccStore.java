package dev.quorate.node.kv;

import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.CompactionResponse;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.raft.log.EntryId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The versioned keys as one round of writes sees them; its rows:
 *
 * <ul>
 *   <li>LATEST: user key -> the newest {@link KeyVersion}, a tombstone if the key was deleted and
 *       readers of the past may still need to find it;
 *   <li>HISTORY: {@link Revision} -> the change as a {@link KeyVersion} with the key's revision
 *       before it, so that the versions of one key are a chain;
 *   <li>META: {@link StoreState} and {@link MemberTable}, one row each.
 * </ul>
 */
final class MvccStore {
  private final Batch batch;
  private final @Nullable List<Change> changes;
  private StoreState state;

  /**
   * @param changes where to record what changes, null if nobody wants to know
   */
  MvccStore(Batch batch, StoreState state, @Nullable List<Change> changes) {
    this.batch = batch;
    this.state = state;
    this.changes = changes;
  }

  StoreState state() {
    return state;
  }

  void applied(EntryId id) {
    state = state.withApplied(id, state.revision());
  }

  ApplyResult put(PutRequest request) {
    var txn = begin();
    return end(txn, txn.putAlone(request));
  }

  ApplyResult deleteRange(DeleteRangeRequest request) {
    var txn = begin();
    MessageLite response = txn.deleteRange(request);
    return end(txn, new ApplyResult.Done(response, txn.revision()));
  }

  ApplyResult txn(TxnRequest request) {
    var txn = begin();
    return end(txn, TxnEvaluator.write(request, txn));
  }

  ApplyResult compact(CompactionRequest request) {
    long revision = request.getRevision();
    if (revision <= state.compactRevision()) {
      return new ApplyResult.Refused(KvError.COMPACTED);
    }
    if (revision > state.revision()) {
      return new ApplyResult.Refused(KvError.FUTURE_REVISION);
    }
    state = state.compacted(revision);
    return new ApplyResult.Done(CompactionResponse.getDefaultInstance(), state.revision());
  }

  /** Goes on with a compaction if there is one. */
  void deferredWork(int maxEvents) {
    if (state.compacting()) {
      state = Compactor.step(state, batch, maxEvents);
    }
  }

  private WriteTxn begin() {
    return new WriteTxn(batch, state.revision(), state.compactRevision(), changes);
  }

  private ApplyResult end(WriteTxn txn, ApplyResult result) {
    state = state.withApplied(state.applied(), txn.revision());
    return result;
  }
}

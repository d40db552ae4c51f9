package dev.quorate.node.kv;

import com.google.protobuf.MessageLite;
import dev.quorate.api.command.LeaseCheckpoint;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.CompactionResponse;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrantResponse;
import dev.quorate.api.etcd.LeaseRevokeResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.raft.log.EntryId;
import java.util.ArrayList;
import java.util.List;

/**
 * The versioned keys as one round of writes sees them; its rows:
 *
 * <ul>
 *   <li>LATEST: user key -> the newest {@link KeyVersion}, a tombstone if the key was deleted and
 *       readers of the past may still need to find it;
 *   <li>HISTORY: {@link Revision} -> the change as a {@link KeyVersion} with the key's revision
 *       before it, so that the versions of one key are a chain;
 *   <li>META: {@link StoreState} and {@link MemberTable}, one row each, and the rows of {@link
 *       LeaseTable}.
 * </ul>
 */
final class MvccStore {
  private final Batch batch;
  private final RecordedChanges changes;
  private final OperationCounts counts;
  private final Room room;
  private final List<LeaseChange.Applied> leaseChanges = new ArrayList<>();
  private StoreState state;

  MvccStore(
      Batch batch, StoreState state, RecordedChanges changes, OperationCounts counts, Room room) {
    this.batch = batch;
    this.state = state;
    this.changes = changes;
    this.counts = counts;
    this.room = room;
  }

  StoreState state() {
    return state;
  }

  /** What these writes have done to leases, in order. */
  List<LeaseChange.Applied> leaseChanges() {
    return leaseChanges;
  }

  void applied(EntryId id) {
    state = state.withApplied(id, state.revision());
  }

  ApplyResult put(PutRequest request) {
    var txn = begin(true);
    return end(txn, txn.putAlone(request));
  }

  /**
   * @param awaited as that of {@link WriteTxn}
   */
  ApplyResult deleteRange(DeleteRangeRequest request, boolean awaited) {
    var txn = begin(awaited);
    MessageLite response = txn.deleteRange(request);
    return end(txn, new ApplyResult.Done(response, txn.revision()));
  }

  /**
   * @param awaited as that of {@link WriteTxn}
   */
  ApplyResult txn(TxnRequest request, boolean awaited) {
    var txn = begin(awaited);
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

  ApplyResult grant(LeaseGrantRequest request) {
    long id = request.getID();
    if (LeaseTable.exists(batch, id)) {
      return new ApplyResult.Refused(KvError.LEASE_EXISTS);
    }
    var lease = new Lease(id, request.getTTL(), 0);
    LeaseTable.put(batch, lease);
    leaseChanged(new LeaseChange.Granted(lease));
    return new ApplyResult.Done(
        LeaseGrantResponse.newBuilder().setID(id).setTTL(request.getTTL()).build(),
        state.revision());
  }

  /** Void if it comes from a leader of another term than {@code term}, the entry's. */
  ApplyResult revoke(LeaseRevocation request, long term) {
    if (request.getExpiredInTerm() != 0 && request.getExpiredInTerm() != term) {
      return new ApplyResult.Refused(KvError.LEADER_CHANGED);
    }
    long id = request.getId();
    if (!LeaseTable.exists(batch, id)) {
      return new ApplyResult.Refused(KvError.LEASE_NOT_FOUND);
    }
    var txn = begin(false);
    txn.revoke(id);
    leaseChanged(new LeaseChange.Revoked(id));
    return end(txn, new ApplyResult.Done(LeaseRevokeResponse.getDefaultInstance(), txn.revision()));
  }

  /** Void if it comes from a leader of another term than {@code term}, the entry's. */
  ApplyResult checkpoint(LeaseCheckpoint request, long term) {
    if (request.getTerm() != term) {
      return new ApplyResult.Refused(KvError.LEADER_CHANGED);
    }
    for (var remaining : request.getRemainingList()) {
      var lease = LeaseTable.find(batch, remaining.getLease());
      if (lease != null) {
        LeaseTable.put(batch, lease.withRemaining(remaining.getSeconds()));
        leaseChanged(new LeaseChange.Checkpointed(lease.id(), remaining.getSeconds()));
      }
    }
    return new ApplyResult.Done(LeaseCheckpoint.getDefaultInstance(), state.revision());
  }

  /** Goes on with a compaction if there is one. */
  void deferredWork(int maxEvents) {
    if (state.compacting()) {
      state = Compactor.step(state, batch, maxEvents, counts);
    }
  }

  /** By the entry behind the one that was applied last. */
  private void leaseChanged(LeaseChange change) {
    leaseChanges.add(new LeaseChange.Applied(state.applied().index() + 1, change));
  }

  private WriteTxn begin(boolean awaited) {
    return new WriteTxn(batch, state.revision(), state.compactRevision(), changes, room, awaited);
  }

  private ApplyResult end(WriteTxn txn, ApplyResult result) {
    state = state.withApplied(state.applied(), txn.revision());
    txn.tell(counts);
    return result;
  }
}

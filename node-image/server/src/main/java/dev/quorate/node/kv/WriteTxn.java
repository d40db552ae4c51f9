package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.raft.check.Invariants;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one command. They share one revision and are told apart by their place; the
 * revision is used up only if something changes.
 */
final class WriteTxn {
  private static final long BYTES_PER_PIECE = 1 << 20;

  private final Batch batch;
  private final long beginRevision;
  private final long compactRevision;
  private final RecordedChanges recorded;
  private final Room room;
  private final boolean awaited;
  private int changes;
  private int ranges;
  private int puts;
  private int deletes;
  private long putBytes;

  /** What the batch held already when this began. */
  private long heldBefore;

  /**
   * @param awaited whether somebody waits for the answer: else what may be large of it is left out
   */
  WriteTxn(
      Batch batch,
      long beginRevision,
      long compactRevision,
      RecordedChanges recorded,
      Room room,
      boolean awaited) {
    this.batch = batch;
    this.beginRevision = beginRevision;
    this.compactRevision = compactRevision;
    this.recorded = recorded;
    this.room = room;
    this.awaited = awaited;
    this.heldBefore = batch.sizeBytes();
  }

  boolean isAwaited() {
    return awaited;
  }

  /** The newest revision that reads can see, these changes included. */
  long revision() {
    return changes > 0 ? beginRevision + 1 : beginRevision;
  }

  void countRange() {
    ranges++;
  }

  void tell(OperationCounts counts) {
    counts.did(ranges, puts, deletes, putBytes);
  }

  /** Sees the changes made so far. */
  RangeReader reader() {
    return new RangeReader(batch, revision(), compactRevision);
  }

  /** Why a put cannot be done in the present state. */
  @Nullable KvError check(PutRequest request) {
    var error = leaseError(request);
    if (error != null) {
      return error;
    }
    if (request.getIgnoreValue() || request.getIgnoreLease()) {
      var latest = reader().latestNumbers(request.getKey().toByteArray());
      if (latest == null || latest.tombstone) {
        return KvError.KEY_NOT_FOUND;
      }
    }
    return null;
  }

  private @Nullable KvError leaseError(PutRequest request) {
    return request.getLease() == 0 || LeaseTable.exists(batch, request.getLease())
        ? null
        : KvError.LEASE_NOT_FOUND;
  }

  /** A command of one put; the same as {@link #check} and {@link #put} with one look at the key. */
  ApplyResult putAlone(PutRequest request) {
    var error = leaseError(request);
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    byte[] key = request.getKey().toByteArray();
    var latest = latest(request, key);
    boolean exists = latest != null && !latest.tombstone;
    if (!exists && (request.getIgnoreValue() || request.getIgnoreLease())) {
      return new ApplyResult.Refused(KvError.KEY_NOT_FOUND);
    }
    write(request, key, latest);
    if (!request.getPrevKv() || latest == null || latest.tombstone) {
      return new ApplyResult.Done(PutResponse.getDefaultInstance(), revision());
    }
    var previous = latest.toKeyValue(request.getKey(), true);
    return new ApplyResult.Done(PutResponse.newBuilder().setPrevKv(previous).build(), revision());
  }

  private @Nullable KeyVersion latest(PutRequest request, byte[] key) {
    return latest(key, request.getPrevKv() || request.getIgnoreValue());
  }

  /** What is there: in most cases its numbers are enough. */
  private @Nullable KeyVersion latest(byte[] key, boolean withValue) {
    return withValue || recorded.wanted() ? reader().latest(key) : reader().latestNumbers(key);
  }

  /** A put that {@link #check} has let through. */
  PutResponse put(PutRequest request) {
    byte[] key = request.getKey().toByteArray();
    var latest = latest(request, key);
    write(request, key, latest);
    var response =
        PutResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(revision()));
    if (request.getPrevKv() && latest != null && !latest.tombstone) {
      response.setPrevKv(latest.toKeyValue(request.getKey(), true));
    }
    return response.build();
  }

  private void write(PutRequest request, byte[] key, @Nullable KeyVersion latest) {
    puts++;
    putBytes += key.length + request.getValue().size();
    var mod = new Revision(beginRevision + 1, changes++);
    var old = latest == null || latest.tombstone ? null : latest;
    long create = old == null ? mod.main() : old.create;
    long version = old == null ? 1 : old.version + 1;
    long lease = old != null && request.getIgnoreLease() ? old.lease : request.getLease();
    ByteString value = old != null && request.getIgnoreValue() ? old.value() : request.getValue();
    var previous = latest == null ? Revision.NONE : latest.mod;
    LeaseTable.move(batch, key, old == null ? 0 : old.lease, lease);
    batch.put(Table.LATEST, key, KeyVersion.latestRow(create, mod, version, lease, value));
    happened(mod, KeyVersion.historyRow(create, previous, version, lease, key, value), latest);
  }

  private void happened(Revision mod, byte[] historyRow, @Nullable KeyVersion before) {
    batch.put(Table.HISTORY, mod.encode(), historyRow);
    if (recorded.wanted()) {
      var version = KeyVersion.ofHistory(mod, historyRow);
      boolean again = before != null && before.mod.main() == mod.main();
      recorded.add(new Change(version, again ? HistoryReader.before(batch, version) : before));
    }
  }

  /** Deletes what lives in a range; a key keeps a tombstone for readers of the past. */
  DeleteRangeResponse deleteRange(DeleteRangeRequest request) {
    deletes++;
    var range = KeyRange.of(request.getKey(), request.getRangeEnd());
    var response = DeleteRangeResponse.newBuilder();
    long deleted = 0;
    boolean withValues = awaited && request.getPrevKv();
    var piece = range.single ? doomed(range.from, withValues) : doomed(range);
    while (!piece.isEmpty()) {
      for (var one : piece) {
        if (withValues) {
          response.addPrevKvs(one.version.toKeyValue(one.key, true));
        }
        delete(one.key.toByteArray(), one.version);
      }
      deleted += piece.size();
      makeRoom();
      piece = range.single ? List.of() : doomed(range.behind(piece.getLast().key));
    }
    return response
        .setHeader(ResponseHeader.newBuilder().setRevision(revision()))
        .setDeleted(deleted)
        .build();
  }

  private record Doomed(ByteString key, KeyVersion version) {}

  private List<Doomed> doomed(byte[] key, boolean withValue) {
    var latest = latest(key, withValue);
    return latest == null || latest.tombstone
        ? List.of()
        : List.of(new Doomed(UnsafeByteOperations.unsafeWrap(key), latest));
  }

  /**
   * The first keys of a range, looked up before anything is written: a cursor need not survive
   * changes under it.
   */
  private List<Doomed> doomed(KeyRange range) {
    var found = new ArrayList<Doomed>();
    var bytes = new long[1];
    reader()
        .visit(
            range,
            revision(),
            (key, version) -> {
              found.add(new Doomed(key, version));
              bytes[0] += key.size() + version.rowBytes();
              return found.size() < room.pieces().keys() && bytes[0] < BYTES_PER_PIECE;
            });
    return found;
  }

  /** Deletes a lease with all keys that hang on it. */
  void revoke(long lease) {
    var piece = LeaseTable.keys(batch, lease, ByteString.EMPTY, room.pieces().keys());
    while (!piece.isEmpty()) {
      for (var one : piece) {
        byte[] key = one.toByteArray();
        var latest = latest(key, false);
        Invariants.check(
            latest != null && latest.lease == lease,
            "a key hangs on a lease that it does not name");
        if (latest != null) {
          deletes++;
          delete(key, latest);
        }
      }
      makeRoom();
      piece = LeaseTable.keys(batch, lease, KeyRange.next(piece.getLast()), room.pieces().keys());
    }
    LeaseTable.delete(batch, lease);
  }

  private void makeRoom() {
    if (batch.sizeBytes() - heldBefore >= room.pieces().heldBytes()) {
      room.make();
      heldBefore = batch.sizeBytes();
    }
  }

  private void delete(byte[] key, KeyVersion before) {
    var mod = new Revision(beginRevision + 1, changes++);
    LeaseTable.move(batch, key, before.lease, 0);
    batch.put(Table.LATEST, key, KeyVersion.latestTombstone(mod));
    happened(mod, KeyVersion.historyTombstone(before.mod, key), before);
  }
}

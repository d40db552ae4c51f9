package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.LeaseCheckpoint;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.command.RemainingTtl;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.Compare.CompareTarget;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.random.RandomGenerator;

/** Requests over few keys, so that they meet each other often; the same for the same seed. */
final class RandomRequests {
  private static final int KEYS = 12;
  private static final int LEASES = 4;

  private final RandomGenerator random;

  RandomRequests(RandomGenerator random) {
    this.random = random;
  }

  ByteString key() {
    return ByteString.copyFromUtf8("key/" + (char) ('a' + random.nextInt(KEYS)));
  }

  /** No end, no upper bound, a prefix, or any other key, before or after the first. */
  private ByteString rangeEnd() {
    return switch (random.nextInt(6)) {
      case 0 -> ByteString.copyFrom(new byte[1]);
      case 1 -> ByteString.copyFromUtf8("key0");
      case 2, 3 -> key();
      default -> ByteString.EMPTY;
    };
  }

  /** Mostly one that can be read, sometimes one that is compacted or in the future. */
  private long revision(long now) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong(-1, now + 3);
      case 1, 2, 3 -> random.nextLong(Math.max(0, now - 15), now + 1);
      default -> 0;
    };
  }

  static RangeRequest everything() {
    var zero = ByteString.copyFrom(new byte[1]);
    return RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build();
  }

  /** A change of a key that no other request means. */
  static PutRequest marker() {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("marker")).build();
  }

  PutRequest put() {
    var put = PutRequest.newBuilder().setKey(key()).setPrevKv(random.nextInt(3) == 0);
    switch (random.nextInt(12)) {
      case 0 -> put.setIgnoreValue(true);
      case 1 -> put.setIgnoreLease(true).setValue(value());
      case 2 -> put.setIgnoreLease(true).setIgnoreValue(true);
      case 3, 4, 5, 6 -> put.setValue(value()).setLease(random.nextInt(40) == 0 ? 77 : lease());
      default -> put.setValue(value());
    }
    return put.build();
  }

  private long lease() {
    return 1L + random.nextInt(LEASES);
  }

  LeaseGrantRequest grant() {
    return LeaseGrantRequest.newBuilder()
        .setID(random.nextInt(50) == 0 ? -1 : lease())
        .setTTL(random.nextLong(2, 9_000_000_000L))
        .build();
  }

  LeaseRevocation revocation() {
    return LeaseRevocation.newBuilder()
        .setId(random.nextInt(50) == 0 ? -1 : lease())
        .setExpiredInTerm(random.nextInt(3))
        .build();
  }

  LeaseCheckpoint checkpoint() {
    var checkpoint = LeaseCheckpoint.newBuilder().setTerm(random.nextInt(8) == 0 ? 2 : 1);
    for (int i = random.nextInt(4); i > 0; i--) {
      checkpoint.addRemaining(
          RemainingTtl.newBuilder().setLease(lease()).setSeconds(random.nextLong(1000)));
    }
    return checkpoint.build();
  }

  private ByteString value() {
    return ByteString.copyFromUtf8("v" + random.nextInt(5));
  }

  DeleteRangeRequest delete() {
    return DeleteRangeRequest.newBuilder()
        .setKey(key())
        .setRangeEnd(random.nextInt(3) == 0 ? rangeEnd() : ByteString.EMPTY)
        .setPrevKv(random.nextBoolean())
        .build();
  }

  CompactionRequest compaction(long now) {
    return CompactionRequest.newBuilder()
        .setRevision(random.nextLong(Math.max(-1, now - 30), now + 2))
        .setPhysical(random.nextBoolean())
        .build();
  }

  RangeRequest range(long now) {
    var range =
        RangeRequest.newBuilder()
            .setKey(random.nextInt(4) == 0 ? ByteString.copyFrom(new byte[1]) : key())
            .setRangeEnd(rangeEnd())
            .setRevision(revision(now))
            .setLimit(random.nextInt(3) == 0 ? random.nextInt(-1, KEYS + 2) : 0)
            .setKeysOnly(random.nextInt(5) == 0)
            .setCountOnly(random.nextInt(8) == 0);
    if (random.nextInt(3) == 0) {
      range
          .setSortOrder(RangeRequest.SortOrder.forNumber(random.nextInt(3)))
          .setSortTarget(RangeRequest.SortTarget.forNumber(random.nextInt(5)));
    }
    if (random.nextInt(4) == 0) {
      switch (random.nextInt(4)) {
        case 0 -> range.setMinModRevision(random.nextLong(now + 2));
        case 1 -> range.setMaxModRevision(random.nextLong(now + 2));
        case 2 -> range.setMinCreateRevision(random.nextLong(now + 2));
        default -> range.setMaxCreateRevision(random.nextLong(now + 2));
      }
    }
    return range.build();
  }

  TxnRequest txn(long now, int depth) {
    var txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare(now));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addSuccess(op(now, depth));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addFailure(op(now, depth));
    }
    return txn.build();
  }

  private RequestOp op(long now, int depth) {
    var op = RequestOp.newBuilder();
    return switch (random.nextInt(depth > 0 ? 8 : 7)) {
      case 0, 1, 2 -> op.setRequestPut(put()).build();
      case 3 -> op.setRequestDeleteRange(delete()).build();
      case 7 -> op.setRequestTxn(txn(now, depth - 1)).build();
      default -> op.setRequestRange(range(now)).build();
    };
  }

  private Compare compare(long now) {
    var compare =
        Compare.newBuilder()
            .setKey(key())
            .setResult(Compare.CompareResult.forNumber(random.nextInt(4)))
            .setRangeEnd(random.nextInt(4) == 0 ? rangeEnd() : ByteString.EMPTY);
    return switch (random.nextInt(5)) {
      case 0 -> compare.setTarget(CompareTarget.VERSION).setVersion(random.nextInt(4)).build();
      case 1 ->
          compare
              .setTarget(CompareTarget.CREATE)
              .setCreateRevision(random.nextLong(now + 1))
              .build();
      case 2 ->
          compare.setTarget(CompareTarget.MOD).setModRevision(random.nextLong(now + 1)).build();
      case 3 -> compare.setTarget(CompareTarget.VALUE).setValue(value()).build();
      default ->
          compare.setTarget(CompareTarget.LEASE).setLease(random.nextInt(LEASES + 1)).build();
    };
  }
}

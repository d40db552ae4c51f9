package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.Compare.CompareResult;
import dev.quorate.api.etcd.Compare.CompareTarget;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.random.RandomGenerator;

/**
 * Requests that mostly make sense, over so few keys that they meet each other all the time; the
 * same for the same seed. Ever so often one has something that a server has to refuse.
 */
final class RandomKvRequests {
  /** As many as etcd's sort still keeps in order when they compare equal. */
  private static final int KEYS = 12;

  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final RandomGenerator random;

  /**
   * Whether deletes of a transaction may have no end. They are not held against its puts, and a put
   * that then wants to keep what the key had ends etcd.
   */
  private boolean openDeletes;

  RandomKvRequests(RandomGenerator random) {
    this.random = random;
  }

  /** The next request of a client that knows the present revision. */
  Request<?> next(long now) {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return Request.of(KVGrpc.getRangeMethod(), range(now));
    }
    if (kind < 58) {
      return Request.of(KVGrpc.getPutMethod(), put());
    }
    if (kind < 68) {
      return Request.of(KVGrpc.getDeleteRangeMethod(), delete());
    }
    return kind < 97
        ? Request.of(KVGrpc.getTxnMethod(), txn(now))
        : Request.of(KVGrpc.getCompactMethod(), compaction(now));
  }

  /** A request that surely changes something, so that its revision says when it was done. */
  Request<?> nextChange() {
    var put = PutRequest.newBuilder().setKey(key(1 + random.nextInt(KEYS - 1))).setValue(value());
    if (random.nextBoolean()) {
      return Request.of(KVGrpc.getPutMethod(), put.setPrevKv(true).build());
    }
    var read = RangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO);
    var txn = TxnRequest.newBuilder().addCompare(compare(1));
    for (int branch = 0; branch < 2; branch++) {
      var write = RequestOp.newBuilder().setRequestPut(put.setValue(value()));
      var all = RequestOp.newBuilder().setRequestRange(read);
      if (branch == 0) {
        txn.addSuccess(write).addSuccess(all);
      } else {
        txn.addFailure(all).addFailure(write);
      }
    }
    return Request.of(KVGrpc.getTxnMethod(), txn.build());
  }

  /** What brings a server back to a known state: everything deleted. */
  static Request<?> deleteEverything() {
    return Request.of(
        KVGrpc.getDeleteRangeMethod(),
        DeleteRangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO).build());
  }

  private boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  ByteString key() {
    if (oneIn(150)) {
      return ByteString.EMPTY;
    }
    return key(random.nextInt(KEYS));
  }

  private static ByteString key(int number) {
    // Bytes that are no text, and keys that are prefixes of others, are keys like any other.
    return switch (number) {
      case 0 -> ByteString.copyFrom(new byte[] {(byte) 0xff, 0, (byte) 0x80});
      case 1 -> ByteString.copyFromUtf8("k");
      case 2 -> ByteString.copyFromUtf8("k/");
      default -> ByteString.copyFromUtf8("k/" + (char) ('a' + number));
    };
  }

  ByteString rangeEnd() {
    return switch (random.nextInt(8)) {
      case 0 -> ZERO;
      case 1 -> ByteString.copyFromUtf8("k0");
      case 2 -> ByteString.copyFrom(new byte[] {(byte) 0xff});
      case 3, 4 -> key();
      default -> ByteString.EMPTY;
    };
  }

  private ByteString value() {
    return switch (random.nextInt(6)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFrom(new byte[] {(byte) 0x80, 0, 1});
      default -> ByteString.copyFromUtf8("v" + random.nextInt(4));
    };
  }

  /** Mostly one that {@link RandomLeaseRequests} grants and revokes. */
  private long lease() {
    return oneIn(8) ? 77 : 1L + random.nextInt(RandomLeaseRequests.LEASES);
  }

  private long revision(long now) {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong(-3, now + 3);
      case 1, 2, 3, 4 -> random.nextLong(Math.max(0, now - 25), now + 1);
      default -> 0;
    };
  }

  private PutRequest put() {
    var put = PutRequest.newBuilder().setKey(key()).setPrevKv(oneIn(3));
    switch (random.nextInt(14)) {
      case 0 -> put.setIgnoreValue(true);
      case 1 -> put.setIgnoreLease(true).setValue(value());
      case 2 -> put.setIgnoreLease(true).setIgnoreValue(true);
      case 3 -> put.setIgnoreValue(true).setValue(value());
      case 4 -> put.setIgnoreLease(oneIn(2)).setLease(lease()).setValue(value());
      case 5, 6 -> put.setLease(lease()).setValue(value());
      default -> put.setValue(value());
    }
    return put.build();
  }

  private DeleteRangeRequest delete() {
    return DeleteRangeRequest.newBuilder()
        .setKey(key())
        .setRangeEnd(oneIn(3) ? rangeEnd() : ByteString.EMPTY)
        .setPrevKv(random.nextBoolean())
        .build();
  }

  private CompactionRequest compaction(long now) {
    return CompactionRequest.newBuilder()
        .setRevision(
            oneIn(4)
                ? random.nextLong(-2, now + 3)
                : random.nextLong(Math.max(1, now - 40), now + 1))
        .setPhysical(oneIn(3))
        .build();
  }

  private RangeRequest range(long now) {
    var range =
        RangeRequest.newBuilder()
            .setKey(oneIn(4) ? ZERO : key())
            .setRangeEnd(rangeEnd())
            .setRevision(revision(now))
            .setLimit(oneIn(3) ? random.nextInt(-1, KEYS + 2) : 0)
            .setSerializable(oneIn(4))
            .setKeysOnly(oneIn(5))
            .setCountOnly(oneIn(8));
    if (oneIn(3)) {
      range
          .setSortOrder(SortOrder.forNumber(random.nextInt(3)))
          .setSortTarget(SortTarget.forNumber(random.nextInt(5)));
    }
    for (int i = oneIn(3) ? random.nextInt(3) : 0; i > 0; i--) {
      long bound = random.nextLong(oneIn(10) ? -2 : Math.max(0, now - 30), now + 2);
      switch (random.nextInt(4)) {
        case 0 -> range.setMinModRevision(bound);
        case 1 -> range.setMaxModRevision(bound);
        case 2 -> range.setMinCreateRevision(bound);
        default -> range.setMaxCreateRevision(bound);
      }
    }
    return range.build();
  }

  private TxnRequest txn(long now) {
    openDeletes = random.nextBoolean();
    return txn(now, 3);
  }

  private TxnRequest txn(long now, int depth) {
    var txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare(now));
    }
    for (int i = operations(); i > 0; i--) {
      txn.addSuccess(op(now, depth));
    }
    for (int i = operations(); i > 0; i--) {
      txn.addFailure(op(now, depth));
    }
    return txn.build();
  }

  private static PutRequest unconditional(PutRequest put) {
    return put.toBuilder().clearIgnoreValue().clearIgnoreLease().build();
  }

  private static DeleteRangeRequest closed(DeleteRangeRequest delete) {
    return delete.getRangeEnd().equals(ZERO) ? delete.toBuilder().clearRangeEnd().build() : delete;
  }

  private int operations() {
    return oneIn(60) ? random.nextInt(100, 132) : random.nextInt(4);
  }

  private RequestOp op(long now, int depth) {
    if (oneIn(80)) {
      return RequestOp.getDefaultInstance();
    }
    var op = RequestOp.newBuilder();
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0, 1, 2 -> op.setRequestPut(openDeletes ? unconditional(put()) : put()).build();
      case 3 -> op.setRequestDeleteRange(openDeletes ? delete() : closed(delete())).build();
      case 7, 8 -> op.setRequestTxn(txn(now, depth - 1)).build();
      default -> op.setRequestRange(range(now)).build();
    };
  }

  private Compare compare(long now) {
    var compare =
        Compare.newBuilder()
            .setKey(key())
            .setResult(CompareResult.forNumber(random.nextInt(4)))
            .setTarget(CompareTarget.forNumber(random.nextInt(5)))
            .setRangeEnd(oneIn(4) ? rangeEnd() : ByteString.EMPTY);
    // What is compared with is mostly of the target's kind, but nothing forces a client to it.
    switch (oneIn(12) ? CompareTarget.forNumber(random.nextInt(5)) : compare.getTarget()) {
      case VERSION -> compare.setVersion(random.nextInt(4));
      case CREATE -> compare.setCreateRevision(random.nextLong(Math.max(0, now - 30), now + 1));
      case MOD -> compare.setModRevision(random.nextLong(Math.max(0, now - 30), now + 1));
      case VALUE -> compare.setValue(value());
      case LEASE -> compare.setLease(oneIn(2) ? 0 : lease());
      case UNRECOGNIZED -> throw new AssertionError();
    }
    if (oneIn(30)) {
      compare.clearTargetUnion();
    }
    return compare.build();
  }
}

package dev.quorate.simulator;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;

/** What clients ask for. */
final class Requests {
  private Requests() {}

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static PutRequest put(String key, String value, long lease) {
    return PutRequest.newBuilder()
        .setKey(bytes(key))
        .setValue(bytes(value))
        .setLease(lease)
        .build();
  }

  static Command.Builder putCommand(String key, String value, long lease) {
    return Command.newBuilder().setPut(put(key, value, lease));
  }

  static Command.Builder delete(String key) {
    return Command.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)));
  }

  static RangeRequest get(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  static RangeRequest prefix(String prefix) {
    return RangeRequest.newBuilder()
        .setKey(bytes(prefix))
        .setRangeEnd(bytes(endOf(prefix)))
        .build();
  }

  /** The first key behind all that begin so. */
  static String endOf(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  /**
   * Writes the key, and another one in the same revision, if the key was last modified then; reads
   * it otherwise.
   */
  static Command.Builder compareAndPut(
      String key, long modRevision, String value, String otherKey) {
    return Command.newBuilder()
        .setTxn(
            TxnRequest.newBuilder()
                .addCompare(
                    Compare.newBuilder()
                        .setKey(bytes(key))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(modRevision))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put(key, value, 0)))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put(otherKey, value, 0)))
                .addFailure(RequestOp.newBuilder().setRequestRange(get(key))));
  }

  static Command.Builder compact(long revision) {
    return Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(revision));
  }

  static Command.Builder grant(long lease, long ttlSeconds) {
    return Command.newBuilder()
        .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(lease).setTTL(ttlSeconds));
  }

  static Command.Builder revoke(long lease) {
    return Command.newBuilder().setLeaseRevoke(LeaseRevocation.newBuilder().setId(lease));
  }
}

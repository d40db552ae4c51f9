package dev.quorate.node.rpc;

import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.List;

/** What requests are taken to add to the database before they are done; etcd's estimates. */
final class RequestCost {
  static final long LEASE_BYTES = 64;

  private static final long KEY_BYTES = 256;

  private RequestCost() {}

  static long of(PutRequest put) {
    return KEY_BYTES + put.getKey().size() + put.getValue().size();
  }

  /** The dearer branch; deletes and reads cost nothing. */
  static long of(TxnRequest txn) {
    return Math.max(of(txn.getSuccessList()), of(txn.getFailureList()));
  }

  private static long of(List<RequestOp> branch) {
    long bytes = 0;
    for (var op : branch) {
      bytes +=
          switch (op.getRequestCase()) {
            case REQUEST_PUT -> of(op.getRequestPut());
            case REQUEST_TXN -> of(op.getRequestTxn());
            case REQUEST_RANGE, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> 0;
          };
    }
    return bytes;
  }
}

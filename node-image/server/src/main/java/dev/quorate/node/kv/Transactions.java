package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.List;
import java.util.function.Predicate;

/** What can be told of a transaction without looking at the state, whatever it decides then. */
public final class Transactions {
  private Transactions() {}

  /** Whether it only reads. */
  public static boolean readOnly(TxnRequest request) {
    return onlyRanges(request, _ -> true);
  }

  /** Whether it only reads and none of its reads asks to be linearizable. */
  public static boolean serializable(TxnRequest request) {
    return onlyRanges(request, RangeRequest::getSerializable);
  }

  /** Whether it may put something: what is refused when there is no space. */
  public static boolean hasPut(TxnRequest request) {
    return hasPut(request.getSuccessList()) || hasPut(request.getFailureList());
  }

  /**
   * How many values it may answer with, of both branches; {@link Integer#MAX_VALUE} if that depends
   * on how many keys there are.
   */
  public static int answeredValues(TxnRequest request) {
    long values =
        (long) answeredValues(request.getSuccessList()) + answeredValues(request.getFailureList());
    return (int) Math.min(values, Integer.MAX_VALUE);
  }

  private static int answeredValues(List<RequestOp> branch) {
    long values = 0;
    for (var op : branch) {
      values +=
          switch (op.getRequestCase()) {
            case REQUEST_RANGE -> {
              var range = op.getRequestRange();
              yield range.getCountOnly() ? 0 : values(range.getRangeEnd());
            }
            case REQUEST_DELETE_RANGE -> answeredValues(op.getRequestDeleteRange());
            case REQUEST_PUT -> op.getRequestPut().getPrevKv() ? 1 : 0;
            case REQUEST_TXN -> answeredValues(op.getRequestTxn());
            case REQUEST_NOT_SET -> 0;
          };
    }
    return (int) Math.min(values, Integer.MAX_VALUE);
  }

  /** The same of a delete. */
  public static int answeredValues(DeleteRangeRequest request) {
    return request.getPrevKv() ? values(request.getRangeEnd()) : 0;
  }

  private static int values(ByteString rangeEnd) {
    return rangeEnd.isEmpty() ? 1 : Integer.MAX_VALUE;
  }

  private static boolean onlyRanges(TxnRequest request, Predicate<RangeRequest> allowed) {
    return onlyRanges(request.getSuccessList(), allowed)
        && onlyRanges(request.getFailureList(), allowed);
  }

  private static boolean onlyRanges(List<RequestOp> branch, Predicate<RangeRequest> allowed) {
    for (var op : branch) {
      boolean fine =
          switch (op.getRequestCase()) {
            case REQUEST_RANGE -> allowed.test(op.getRequestRange());
            case REQUEST_TXN -> onlyRanges(op.getRequestTxn(), allowed);
            case REQUEST_PUT, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> false;
          };
      if (!fine) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasPut(List<RequestOp> branch) {
    for (var op : branch) {
      boolean put =
          switch (op.getRequestCase()) {
            case REQUEST_PUT -> true;
            case REQUEST_TXN -> hasPut(op.getRequestTxn());
            case REQUEST_RANGE, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> false;
          };
      if (put) {
        return true;
      }
    }
    return false;
  }
}

package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
   * The keys whose present pairs it may answer with, in either branch; null if it may answer with
   * ranges or with the past, which takes a closer look.
   */
  public static @Nullable List<ByteString> answeredKeys(TxnRequest request) {
    var keys = new ArrayList<ByteString>(2);
    return addAnsweredKeys(request, keys) ? keys : null;
  }

  /** The same of a delete. */
  public static @Nullable List<ByteString> answeredKeys(DeleteRangeRequest request) {
    if (!request.getPrevKv()) {
      return List.of();
    }
    return request.getRangeEnd().isEmpty() ? List.of(request.getKey()) : null;
  }

  /** The same of a put. */
  public static List<ByteString> answeredKeys(PutRequest request) {
    return request.getPrevKv() ? List.of(request.getKey()) : List.of();
  }

  private static boolean addAnsweredKeys(TxnRequest request, List<ByteString> keys) {
    return addAnsweredKeys(request.getSuccessList(), keys)
        && addAnsweredKeys(request.getFailureList(), keys);
  }

  private static boolean addAnsweredKeys(List<RequestOp> branch, List<ByteString> keys) {
    for (var op : branch) {
      boolean single =
          switch (op.getRequestCase()) {
            case REQUEST_RANGE -> addAnsweredKeys(op.getRequestRange(), keys);
            case REQUEST_DELETE_RANGE -> {
              var previous = answeredKeys(op.getRequestDeleteRange());
              yield previous != null && (previous.isEmpty() || keys.addAll(previous));
            }
            case REQUEST_PUT -> {
              keys.addAll(answeredKeys(op.getRequestPut()));
              yield true;
            }
            case REQUEST_TXN -> addAnsweredKeys(op.getRequestTxn(), keys);
            case REQUEST_NOT_SET -> true;
          };
      if (!single) {
        return false;
      }
    }
    return true;
  }

  private static boolean addAnsweredKeys(RangeRequest range, List<ByteString> keys) {
    if (range.getCountOnly()) {
      return true;
    }
    return range.getRangeEnd().isEmpty() && range.getRevision() <= 0 && keys.add(range.getKey());
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

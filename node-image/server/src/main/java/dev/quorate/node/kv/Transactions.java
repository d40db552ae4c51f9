package dev.quorate.node.kv;

import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.ArrayList;
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

  /** The ranges of keys that it may answer with, in either branch. */
  public static List<RangeRequest> answers(TxnRequest request) {
    var answers = new ArrayList<RangeRequest>();
    addAnswers(request, answers);
    return answers;
  }

  /** The range of keys that a delete may answer with. */
  public static List<RangeRequest> answers(DeleteRangeRequest request) {
    return request.getPrevKv() && !request.getRangeEnd().isEmpty()
        ? List.of(
            RangeRequest.newBuilder()
                .setKey(request.getKey())
                .setRangeEnd(request.getRangeEnd())
                .build())
        : List.of();
  }

  private static void addAnswers(TxnRequest request, List<RangeRequest> answers) {
    for (var branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (var op : branch) {
        switch (op.getRequestCase()) {
          case REQUEST_DELETE_RANGE -> answers.addAll(answers(op.getRequestDeleteRange()));
          case REQUEST_RANGE -> {
            var range = op.getRequestRange();
            if (!range.getRangeEnd().isEmpty() && !range.getCountOnly()) {
              answers.add(range);
            }
          }
          case REQUEST_TXN -> addAnswers(op.getRequestTxn(), answers);
          case REQUEST_PUT, REQUEST_NOT_SET -> {}
        }
      }
    }
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

package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.RequestOp.RequestCase;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.ResponseOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One transaction: every comparison, those of nested transactions too, is decided on the state
 * before it; then everything that could fail is checked; only then anything is written.
 */
final class TxnEvaluator {
  private final RangeReader before;
  private final @Nullable WriteTxn writes;
  private final AnswerRoom room;

  /** What each transaction of the tree decided, parents before children. */
  private final BitSet decisions = new BitSet();

  private int place;
  private int ranges;

  private TxnEvaluator(RangeReader before, @Nullable WriteTxn writes, AnswerRoom room) {
    this.before = before;
    this.writes = writes;
    this.room = room;
  }

  static ApplyResult write(TxnRequest request, WriteTxn writes) {
    return new TxnEvaluator(writes.reader(), writes, AnswerRoom.UNBOUNDED)
        .evaluate(request, writes::revision);
  }

  /**
   * A transaction of which {@link Transactions#readOnly} is true.
   *
   * @param room as that of {@link RangeReader#range}
   */
  static ApplyResult read(
      TxnRequest request,
      RangeReader reader,
      long revision,
      AnswerRoom room,
      OperationCounts counts) {
    var evaluator = new TxnEvaluator(reader, null, room);
    var result = evaluator.evaluate(request, () -> revision);
    counts.did(evaluator.ranges, 0, 0, 0);
    return result;
  }

  private ApplyResult evaluate(TxnRequest request, LongSupplier revision) {
    decide(request);
    place = 0;
    var error = check(request);
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    place = 0;
    var response = execute(request);
    long newest = revision.getAsLong();
    response.setHeader(ResponseHeader.newBuilder().setRevision(newest));
    return new ApplyResult.Done(response.build(), newest);
  }

  private void decide(TxnRequest request) {
    boolean succeeded = true;
    for (var compare : request.getCompareList()) {
      if (!holds(compare)) {
        succeeded = false;
        break;
      }
    }
    decisions.set(place++, succeeded);
    for (var op : branch(request, succeeded)) {
      if (op.getRequestCase() == RequestCase.REQUEST_TXN) {
        decide(op.getRequestTxn());
      }
    }
  }

  private static List<RequestOp> branch(TxnRequest request, boolean succeeded) {
    return succeeded ? request.getSuccessList() : request.getFailureList();
  }

  private boolean holds(Compare compare) {
    var range = KeyRange.of(compare.getKey(), compare.getRangeEnd());
    boolean withValue = compare.getTarget() == Compare.CompareTarget.VALUE;
    if (range.single && !withValue) {
      return holds(compare, before.presentNumbers(range.from));
    }
    var versions =
        new Object() {
          boolean any;
          boolean all = true;
        };
    before.scan(
        range,
        before.revision(),
        (_, version) -> {
          versions.any = true;
          versions.all &= holds(compare, version);
        });
    if (versions.any) {
      return versions.all;
    }
    // A missing key compares as zeros; it has no value that any other could be compared with.
    return !withValue && holds(compare, null);
  }

  private static boolean holds(Compare compare, @Nullable KeyVersion version) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(version == null ? 0 : version.version, compare.getVersion());
          case CREATE ->
              Long.compare(version == null ? 0 : version.create, compare.getCreateRevision());
          case MOD ->
              Long.compare(version == null ? 0 : version.mod.main(), compare.getModRevision());
          case LEASE -> Long.compare(version == null ? 0 : version.lease, compare.getLease());
          case VALUE ->
              ByteString.unsignedLexicographicalComparator()
                  .compare(
                      version == null ? ByteString.EMPTY : version.value(), compare.getValue());
          case UNRECOGNIZED -> 0;
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> true;
    };
  }

  /**
   * Why the first operation on the way that was decided cannot be done, of those that cannot;
   * nothing is done yet. The order is that of etcd 3.7; 3.4 looks at all puts first.
   */
  private @Nullable KvError check(TxnRequest request) {
    for (var op : branch(request, decisions.get(place++))) {
      var error =
          switch (op.getRequestCase()) {
            case REQUEST_TXN -> check(op.getRequestTxn());
            case REQUEST_PUT -> writes == null ? null : writes.check(op.getRequestPut());
            case REQUEST_RANGE -> before.checkInTxn(op.getRequestRange().getRevision());
            case REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> null;
          };
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  private TxnResponse.Builder execute(TxnRequest request) {
    boolean succeeded = decisions.get(place++);
    var response = TxnResponse.newBuilder().setSucceeded(succeeded);
    for (var op : branch(request, succeeded)) {
      response.addResponses(execute(op));
    }
    return response;
  }

  private ResponseOp execute(RequestOp op) {
    var response = ResponseOp.newBuilder();
    switch (op.getRequestCase()) {
      case REQUEST_RANGE -> response.setResponseRange(range(op.getRequestRange()));
      case REQUEST_TXN ->
          // A nested answer has a header without anything in it, as etcd's.
          response.setResponseTxn(
              execute(op.getRequestTxn()).setHeader(ResponseHeader.getDefaultInstance()));
      case REQUEST_PUT -> {
        if (writes != null) {
          response.setResponsePut(writes.put(op.getRequestPut()));
        }
      }
      case REQUEST_DELETE_RANGE -> {
        if (writes != null) {
          response.setResponseDeleteRange(writes.deleteRange(op.getRequestDeleteRange()));
        }
      }
      case REQUEST_NOT_SET -> {}
    }
    return response.build();
  }

  private RangeResponse range(RangeRequest request) {
    if (writes == null) {
      ranges++;
      return before.range(request, room);
    }
    writes.countRange();
    return writes.isAwaited()
        ? writes.reader().range(request, room)
        : RangeResponse.getDefaultInstance();
  }
}

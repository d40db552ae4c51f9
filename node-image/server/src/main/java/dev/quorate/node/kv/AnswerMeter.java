package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for the room that the answer to a command would take if it were applied now. Of the two
 * branches of a transaction the larger one counts: it is not decided yet which is taken.
 */
final class AnswerMeter {
  private final RangeReader reader;
  private final AnswerRoom room;

  /** What operations behind them would read, though it is not there yet. */
  private final List<PutRequest> puts = new ArrayList<>();

  AnswerMeter(RangeReader reader, AnswerRoom room) {
    this.reader = reader;
    this.room = room;
  }

  /** Like all of these, returns how much of the room it has taken. */
  long txn(TxnRequest request) {
    int before = puts.size();
    long success = branch(request.getSuccessList());
    room.giveBack(success);
    var later = puts.subList(before, puts.size());
    var putsOfSuccess = List.copyOf(later);
    later.clear();
    long failure = branch(request.getFailureList());
    puts.addAll(putsOfSuccess);
    if (success > failure) {
      room.take(success - failure);
    }
    return Math.max(success, failure);
  }

  private long branch(List<RequestOp> operations) {
    long bytes = 0;
    for (var operation : operations) {
      bytes +=
          switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> range(operation.getRequestRange());
            case REQUEST_PUT -> put(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> {
              var delete = operation.getRequestDeleteRange();
              yield delete.getPrevKv() ? previous(delete.getKey(), delete.getRangeEnd()) : 0;
            }
            case REQUEST_TXN -> txn(operation.getRequestTxn());
            case REQUEST_NOT_SET -> 0;
          };
    }
    return bytes;
  }

  /** The pairs of a range as they are now. */
  long previous(ByteString key, ByteString rangeEnd) {
    return range(RangeRequest.newBuilder().setKey(key).setRangeEnd(rangeEnd).build());
  }

  private long put(PutRequest request) {
    long bytes = request.getPrevKv() ? previous(request.getKey(), ByteString.EMPTY) : 0;
    puts.add(request);
    return bytes;
  }

  private long range(RangeRequest request) {
    if (request.getCountOnly() || reader.checkInTxn(request.getRevision()) != null) {
      return 0;
    }
    long bytes = reader.measure(request, room);
    if (request.getRevision() <= 0) {
      bytes += ownPuts(request);
    }
    return bytes;
  }

  private long ownPuts(RangeRequest request) {
    var range = KeyRange.of(request.getKey(), request.getRangeEnd());
    long bytes = 0;
    for (var put : puts) {
      if (range.contains(put.getKey())) {
        bytes +=
            PairSelection.bytes(put.getKey(), request.getKeysOnly() ? 0 : put.getValue().size());
      }
    }
    if (bytes > 0) {
      room.take(bytes);
    }
    return bytes;
  }
}

package dev.quorate.e2e.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/** What a server said to a request, without what is different on any two servers. */
sealed interface Answer {
  /** A response; its header has the revision alone. */
  record Response(Message message) implements Answer {}

  /** An error by code and text. */
  record Refusal(Status.Code code, String text) implements Answer {}

  static Answer of(KVGrpc.KVBlockingStub server, Message request) {
    var call = server.withDeadlineAfter(20, TimeUnit.SECONDS);
    try {
      return new Response(
          masked(
              switch (request) {
                case RangeRequest range -> call.range(range);
                case PutRequest put -> call.put(put);
                case DeleteRangeRequest delete -> call.deleteRange(delete);
                case TxnRequest txn -> call.txn(txn);
                case CompactionRequest compaction -> call.compact(compaction);
                default -> throw new IllegalArgumentException("no KV request: " + request);
              }));
    } catch (StatusRuntimeException e) {
      return new Refusal(e.getStatus().getCode(), String.valueOf(e.getStatus().getDescription()));
    }
  }

  /** Only the outermost header says who answered. */
  private static Message masked(Message response) {
    FieldDescriptor field = response.getDescriptorForType().findFieldByName("header");
    var header = (ResponseHeader) response.getField(field);
    var masked = header.toBuilder().clearClusterId().clearMemberId().clearRaftTerm().build();
    return response.toBuilder().setField(field, masked).build();
  }

  /** The server's revision as the answer tells it; 0 if it does not. */
  default long revision() {
    return switch (this) {
      case Response(Message message) ->
          ((ResponseHeader)
                  message.getField(message.getDescriptorForType().findFieldByName("header")))
              .getRevision();
      case Refusal _ -> 0;
    };
  }
}

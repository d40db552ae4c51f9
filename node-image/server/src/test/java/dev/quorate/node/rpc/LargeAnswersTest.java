package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that are more than the heap has room for, and what can be asked instead. */
final class LargeAnswersTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 1 << 20, 1, 1, 8000);
  private static final ByteString FIRST = ByteString.copyFromUtf8("k");
  private static final ByteString END = ByteString.copyFromUtf8("l");

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final SoleMember member = new SoleMember(false);
  private final RangeRequest.Builder all = RangeRequest.newBuilder().setKey(FIRST).setRangeEnd(END);
  private final DeleteRangeRequest.Builder delete =
      DeleteRangeRequest.newBuilder().setKey(FIRST).setRangeEnd(END).setPrevKv(true);
  private Server server;
  private ManagedChannel channel;
  private KVGrpc.KVBlockingStub kv;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new KvService(member::serving, AccessControl.none(), LIMITS, readThreads))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    kv = KVGrpc.newBlockingStub(channel);
    for (int i = 0; i < 60; i++) {
      kv.put(put("k" + (10 + i)));
    }
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
  }

  @Test
  void previousValuesThatDoNotFitAreNotAnswered() {
    refused(() -> kv.deleteRange(delete.build()));
    var op = RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    refused(() -> kv.txn(nestedInFailure(op)));
    var some = delete.clone().setRangeEnd(ByteString.copyFromUtf8("k15"));
    assertThat(kv.deleteRange(some.build()).getPrevKvsCount()).isEqualTo(5);
    assertThat(kv.deleteRange(delete.setPrevKv(false).build()).getDeleted()).isEqualTo(55);
  }

  @Test
  void rangesThatDoNotFitAreNotAnswered() {
    refused(() -> kv.range(all.build()));
    refused(() -> kv.txn(txn(range(all))));
    refused(() -> kv.txn(txn(RequestOp.newBuilder().setRequestPut(put("a")).build(), range(all))));
    var one = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();
    assertThat(kv.range(one).getCount()).as("nothing was done").isZero();
  }

  @Test
  void whatIsKeptOfARangeCounts() {
    assertThat(kv.range(all.clone().setLimit(5).build()).getKvsCount()).isEqualTo(5);
    assertThat(kv.range(all.clone().setCountOnly(true).build()).getCount()).isEqualTo(60);
    var late = all.clone().setMinModRevision(50);
    assertThat(kv.range(late.build()).getKvsCount()).isEqualTo(12);
    var writing = kv.txn(txn(RequestOp.newBuilder().setRequestPut(put("a")).build(), range(late)));
    assertThat(writing.getResponses(1).getResponseRange().getKvsCount()).isEqualTo(12);
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8("v"))
        .build();
  }

  private static RequestOp range(RangeRequest.Builder range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static TxnRequest txn(RequestOp... ops) {
    return TxnRequest.newBuilder().addAllSuccess(List.of(ops)).build();
  }

  private static TxnRequest nestedInFailure(RequestOp op) {
    var inner = TxnRequest.newBuilder().addFailure(op);
    return txn(RequestOp.newBuilder().setRequestTxn(inner).build());
  }

  private static void refused(ThrowingCallable call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .matches(failure -> failure.getStatus().getCode() == Code.INVALID_ARGUMENT)
        .withMessageContaining(EtcdErrors.ANSWER_TOO_LARGE.getDescription());
  }
}

package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
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

  @Test
  void ofASortWithALimitOnlyWhatIsAnsweredCounts() {
    for (var target : List.of(SortTarget.KEY, SortTarget.CREATE, SortTarget.MOD)) {
      var newest = all.clone().setLimit(1).setSortOrder(SortOrder.DESCEND).setSortTarget(target);
      var answer = kv.range(newest.build());
      assertThat(answer.getKvsList())
          .extracting(pair -> pair.getKey().toStringUtf8())
          .containsExactly("k69");
      assertThat(answer.getCount()).isEqualTo(60);
      assertThat(answer.getMore()).isTrue();
      var put = RequestOp.newBuilder().setRequestPut(put("a")).build();
      var written = kv.txn(txn(put, range(newest))).getResponses(1).getResponseRange();
      assertThat(written.getKvsList()).isEqualTo(answer.getKvsList());
    }
    refused(() -> kv.range(all.clone().setLimit(50).setSortOrder(SortOrder.DESCEND).build()));
  }

  @Test
  void singleValuesOfATransactionCountTogether() {
    var get = range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k10")));
    var put = RequestOp.newBuilder().setRequestPut(put("a")).build();
    assertThat(kv.txn(txn(put, get, get, get)).getResponsesCount()).isEqualTo(4);
    refused(() -> kv.txn(txn(put, Collections.nCopies(100, get))));
    var fitting = kv.txn(txn(put, Collections.nCopies(20, get)));
    assertThat(fitting.getResponsesCount()).isEqualTo(21);

    var previous = new ArrayList<RequestOp>();
    for (int i = 10; i < 70; i++) {
      var anew = put("k" + i).toBuilder().setPrevKv(true);
      previous.add(RequestOp.newBuilder().setRequestPut(anew).build());
    }
    refused(() -> kv.txn(txn(put, previous)));
    var one =
        kv.range(RangeRequest.newBuilder().setKey(FIRST).setRangeEnd(END).setLimit(1).build());
    assertThat(one.getKvs(0).getVersion()).as("nothing was done").isEqualTo(1);
  }

  @Test
  void oneValueThatDoesNotFitIsNotAnswered() {
    var large = put("b").toBuilder().setValue(ByteString.copyFrom(new byte[9000])).build();
    kv.put(large);
    var get = RangeRequest.newBuilder().setKey(large.getKey());
    refused(() -> kv.range(get.build()));
    refused(() -> kv.put(large.toBuilder().setPrevKv(true).build()));
    var one = DeleteRangeRequest.newBuilder().setKey(large.getKey());
    refused(() -> kv.deleteRange(one.clone().setPrevKv(true).build()));
    var put = RequestOp.newBuilder().setRequestPut(put("a")).build();
    refused(() -> kv.txn(txn(put, range(get))));
    assertThat(kv.range(get.setCountOnly(true).build()).getHeader().getRevision()).isEqualTo(62);
    assertThat(kv.deleteRange(one.build()).getDeleted()).isEqualTo(1);
  }

  @Test
  void whatATransactionPutsItMayAnswer() {
    var large = put("b").toBuilder().setValue(ByteString.copyFrom(new byte[1000]));
    var put = RequestOp.newBuilder().setRequestPut(large).build();
    var get = range(RangeRequest.newBuilder().setKey(large.getKey()));
    refused(() -> kv.txn(txn(put, Collections.nCopies(10, get))));
    assertThat(kv.txn(txn(put, Collections.nCopies(6, get))).getResponsesCount()).isEqualTo(7);
  }

  @Test
  void ofTwoBranchesTheLargerCounts() {
    var some = range(all.clone().setRangeEnd(ByteString.copyFromUtf8("k34")));
    var put = RequestOp.newBuilder().setRequestPut(put("a")).build();
    var either = txn(put, some).toBuilder().addFailure(some).build();
    var answer = kv.txn(either);
    assertThat(answer.getResponses(1).getResponseRange().getKvsCount()).isEqualTo(24);
    refused(() -> kv.txn(either.toBuilder().addSuccess(some).build()));
    refused(() -> kv.txn(either.toBuilder().addFailure(some).build()));
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

  private static TxnRequest txn(RequestOp first, List<RequestOp> others) {
    return TxnRequest.newBuilder().addSuccess(first).addAllSuccess(others).build();
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

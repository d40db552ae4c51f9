package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RangeStreamResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of RangeStream gets: chunks that are together what Range answers. */
final class RangeStreamTest {
  private static final int CHUNK_BYTES = 2000;
  private static final KvLimits LIMITS = new KvLimits(CHUNK_BYTES, 128, -1, 1, 10);

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final SoleMember member = new SoleMember(false);
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
    kv = KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
  }

  @Test
  void chunksTogetherAreTheAnswerOfRange() {
    putKeys(200);
    kv.deleteRange(
        DeleteRangeRequest.newBuilder().setKey(bytes("k100")).setRangeEnd(bytes("k120")).build());
    var requests =
        List.of(
            all(),
            all().setLimit(1),
            all().setLimit(10),
            all().setLimit(75),
            all().setLimit(180),
            all().setLimit(1000),
            all().setRevision(50),
            all().setRevision(150).setLimit(20),
            all().setKeysOnly(true),
            all().setCountOnly(true),
            all().setSerializable(true),
            all().setSortOrder(SortOrder.ASCEND),
            RangeRequest.newBuilder().setKey(bytes("k005")),
            RangeRequest.newBuilder().setKey(bytes("nobody")),
            RangeRequest.newBuilder().setKey(bytes("k050")).setRangeEnd(bytes("k060")),
            RangeRequest.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a")));
    for (var request : requests) {
      var chunks = stream(request.build());
      assertThat(merged(chunks)).as(request.toString()).isEqualTo(kv.range(request.build()));
      for (var chunk : chunks.subList(0, chunks.size() - 1)) {
        assertThat(chunk.hasHeader() || chunk.getMore() || chunk.getCount() != 0)
            .as("only the last chunk has more than keys")
            .isFalse();
      }
    }
  }

  @Test
  void chunksGrowUntilTheyAreLargeEnough() {
    putKeys(200);
    var sizes = stream(all().build()).stream().map(RangeResponse::getKvsCount).toList();
    assertThat(sizes).startsWith(10, 20, 40).doesNotContain(160);
    for (var chunk : stream(all().build())) {
      assertThat(chunk.getSerializedSize()).isLessThan(CHUNK_BYTES + 200);
    }
  }

  @Test
  void refusesWhatItCannotStreamWithEtcdsWords() {
    putKeys(1);
    var sorted = "RangeStream does not support custom sort orders";
    fails(Code.UNIMPLEMENTED, sorted, all().setSortOrder(SortOrder.DESCEND));
    fails(Code.UNIMPLEMENTED, sorted, all().setSortTarget(SortTarget.MOD));
    fails(
        Code.UNIMPLEMENTED,
        sorted,
        all().setSortTarget(SortTarget.VALUE).setSortOrder(SortOrder.ASCEND));
    var filtered = "RangeStream does not support revision filters";
    fails(Code.UNIMPLEMENTED, filtered, all().setMinModRevision(1));
    fails(Code.UNIMPLEMENTED, filtered, all().setMaxModRevision(1));
    fails(Code.UNIMPLEMENTED, filtered, all().setMinCreateRevision(1));
    fails(Code.UNIMPLEMENTED, filtered, all().setMaxCreateRevision(1));
    fails(Code.INVALID_ARGUMENT, "etcdserver: key is not provided", RangeRequest.newBuilder());
    fails(Code.INVALID_ARGUMENT, "etcdserver: invalid sort option", all().setSortOrderValue(9));
    fails(
        Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
        all().setRevision(99));
  }

  @Test
  void staysAtItsRevisionAndReadsNothingAhead() throws InterruptedException {
    putKeys(40);
    var before = kv.range(all().build());
    var slow = new SlowClient(all().build());
    var chunks = new ArrayList<>(List.of(slow.next()));
    putKeys(60);
    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("k030")).build());
    while (!slow.ended.isDone()) {
      chunks.add(slow.next());
    }
    assertThat(slow.ended.join().isOk()).isTrue();
    assertThat(merged(chunks)).isEqualTo(before);
  }

  @Test
  void aCompactionThatPassesByEndsTheStream() throws InterruptedException {
    putKeys(40);
    var slow = new SlowClient(all().build());
    assertThat(slow.next().getKvsCount()).isEqualTo(10);
    putKeys(1);
    kv.compact(CompactionRequest.newBuilder().setRevision(member.state.revision()).build());
    slow.call.request(1);
    var status = slow.ended.orTimeout(30, TimeUnit.SECONDS).join();
    assertThat(status.getCode()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(status.getDescription())
        .isEqualTo("etcdserver: mvcc: required revision has been compacted");
  }

  private void fails(Code code, String text, RangeRequest.Builder request) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> stream(request.build()))
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }

  private List<RangeResponse> stream(RangeRequest request) {
    var chunks = new ArrayList<RangeResponse>();
    kv.rangeStream(request).forEachRemaining(chunk -> chunks.add(chunk.getRangeResponse()));
    return chunks;
  }

  private static RangeResponse merged(List<RangeResponse> chunks) {
    var all = RangeResponse.newBuilder();
    chunks.forEach(all::mergeFrom);
    return all.build();
  }

  private void putKeys(int count) {
    for (int i = 0; i < count; i++) {
      var put =
          PutRequest.newBuilder().setKey(bytes("k%03d".formatted(i))).setValue(bytes("v" + i));
      var _ = kv.put(put.build());
    }
  }

  private static RangeRequest.Builder all() {
    return RangeRequest.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l"));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** Takes a chunk only when it is told to. */
  private final class SlowClient extends ClientCall.Listener<RangeStreamResponse> {
    private final ClientCall<RangeRequest, RangeStreamResponse> call =
        channel.newCall(KVGrpc.getRangeStreamMethod(), CallOptions.DEFAULT);
    private final LinkedBlockingQueue<RangeResponse> chunks = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    SlowClient(RangeRequest request) {
      call.start(this, new Metadata());
      call.sendMessage(request);
      call.halfClose();
    }

    /** The next chunk, and the end of the stream if it was the last one. */
    RangeResponse next() throws InterruptedException {
      call.request(1);
      @Nullable RangeResponse chunk = chunks.poll(30, TimeUnit.SECONDS);
      assertThat(chunk).isNotNull();
      if (chunk.hasHeader()) {
        ended.orTimeout(30, TimeUnit.SECONDS).join();
      }
      return chunk;
    }

    @Override
    public void onMessage(RangeStreamResponse message) {
      chunks.add(message.getRangeResponse());
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.complete(status);
    }
  }
}

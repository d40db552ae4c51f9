package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node process with a small heap, and answers and clients that would take more of it. */
@Timeout(180)
final class SmallHeapAnswersTest {
  private static final ByteString MEBIBYTE = ByteString.copyFrom(new byte[1 << 20]);

  private static final int UNREAD = 400;

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start(directory);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    node.close();
  }

  private void putLarge(int number) {
    for (int i = 0; i < number; i++) {
      node.put("large/" + (100 + i), MEBIBYTE);
    }
  }

  private static RangeRequest.Builder allLarge() {
    return RangeRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8("large/"))
        .setRangeEnd(ByteString.copyFromUtf8("large0"));
  }

  @Test
  void theFirstOfManyIsFoundWithoutKeepingThem() throws Exception {
    putLarge(300);
    var leader =
        ElectionGrpc.newBlockingStub(node.channel())
            .leader(LeaderRequest.newBuilder().setName(ByteString.copyFromUtf8("large")).build());
    assertThat(leader.getKv().getKey().toStringUtf8()).isEqualTo("large/100");
    var newest =
        allLarge().setSortTarget(SortTarget.MOD).setSortOrder(SortOrder.DESCEND).setLimit(1);
    assertThat(node.kv().range(newest.build()).getKvs(0).getKey().toStringUtf8())
        .isEqualTo("large/399");
    node.assertServes();
  }

  @Test
  void answersAsTextTakeMoreRoom() throws Exception {
    putLarge(57);
    assertThat(post(allLarge().build()).join().statusCode()).isEqualTo(400);
    var some = allLarge().setLimit(8).build();
    assertThat(post(some).join().statusCode()).isEqualTo(200);
    var many = new ArrayList<CompletableFuture<HttpResponse<Void>>>();
    for (int i = 0; i < 40; i++) {
      many.add(post(some));
    }
    var codes = many.stream().map(answer -> answer.join().statusCode()).toList();
    assertThat(codes).contains(200).containsOnly(200, 429);
    node.assertServes();
    assertThat(post(some).join().statusCode()).as("all of it was given back").isEqualTo(200);
  }

  @Test
  void largeEventsThatNobodyReadsWaitForEachOther() throws Exception {
    var watches = new ArrayList<Unread<WatchRequest, WatchResponse>>();
    var create = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("large/100"));
    var channel = node.channel();
    for (int i = 0; i < UNREAD; i++) {
      var watch = new Unread<WatchRequest, WatchResponse>();
      WatchGrpc.newStub(channel)
          .watch(watch)
          .onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
      watches.add(watch);
    }
    watches.forEach(watch -> watch.read(1));
    await().atMost(SmallNode.PATIENCE).until(() -> watches.stream().allMatch(one -> one.got(1)));
    for (int i = 0; i < 5; i++) {
      putLarge(1);
    }
    node.assertServes();

    // As soon as some read, the others get theirs.
    watches.forEach(watch -> watch.read(10));
    await().atMost(SmallNode.PATIENCE).until(() -> watches.stream().allMatch(one -> one.got(6)));
    node.assertServes();
  }

  @Test
  void largeValuesThatNobodyReadsAreRefused() throws Exception {
    putLarge(1);
    var range = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("large/100")).build();
    var answers = new ArrayList<Unread<RangeRequest, RangeResponse>>();
    var stub = KVGrpc.newStub(node.channel());
    for (int i = 0; i < UNREAD; i++) {
      var answer = new Unread<RangeRequest, RangeResponse>();
      stub.range(range, answer);
      answers.add(answer);
    }
    for (int i = 0; i < 5; i++) {
      node.put("other", MEBIBYTE);
    }
    answers.forEach(answer -> answer.read(2));
    await()
        .atMost(SmallNode.PATIENCE)
        .until(() -> answers.stream().allMatch(one -> one.got(1) || one.refused));
    assertThat(answers).anyMatch(one -> one.got(1)).anyMatch(one -> one.refused);
    node.assertServes();
    assertThat(node.kv().range(range).getCount()).isEqualTo(1);
  }

  /** A client that reads as many responses as it is told to. */
  private static final class Unread<Q, R> implements ClientResponseObserver<Q, R> {
    private final AtomicInteger responses = new AtomicInteger();
    private final AtomicReference<ClientCallStreamObserver<Q>> call = new AtomicReference<>();
    volatile boolean refused;

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
      call.set(stream);
      stream.disableAutoRequestWithInitial(0);
    }

    void read(int more) {
      Objects.requireNonNull(call.get()).request(more);
    }

    boolean got(int number) {
      return responses.get() == number;
    }

    @Override
    public void onNext(R response) {
      responses.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      refused = Status.fromThrowable(failure).getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }

    @Override
    public void onCompleted() {}
  }

  private CompletableFuture<HttpResponse<Void>> post(RangeRequest request)
      throws InvalidProtocolBufferException {
    var body = HttpRequest.BodyPublishers.ofString(JsonFormat.printer().print(request));
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(node.clientUrl() + "/v3/kv/range")).POST(body).build(),
        HttpResponse.BodyHandlers.discarding());
  }
}

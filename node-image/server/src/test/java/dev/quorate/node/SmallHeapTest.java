package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node process with a small heap and clients that ask for much: it makes these clients slow, and
 * serves the others. It would end with the first object that finds no room.
 */
@Timeout(180)
final class SmallHeapTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WATCHES = 10_000;
  private static final int PUTS = 500;
  private static final int LARGE_PUTS = 800;
  private static final int LARGE_UNDER_WAY = 400;
  private static final ByteString KEY = SmallNode.KEY;

  @TempDir private Path directory;
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void tenThousandWatchesThatNobodyReadsCostOthersNothing() throws Exception {
    var watches = new Unread();
    var requests = WatchGrpc.newStub(node.channel()).watch(watches);
    var create = WatchCreateRequest.newBuilder().setKey(KEY);
    var request = WatchRequest.newBuilder().setCreateRequest(create).build();
    for (int i = 0; i < WATCHES; i++) {
      requests.onNext(request);
    }
    await().atMost(PATIENCE).until(() -> watches.created.get() == WATCHES);

    // A hundred bytes for each event of each watch would be twice the heap.
    var value = ByteString.copyFrom(new byte[10_000]);
    var slowest = Duration.ZERO;
    for (int i = 0; i < PUTS; i++) {
      long began = System.nanoTime();
      var _ = node.kv().put(PutRequest.newBuilder().setKey(KEY).setValue(value).build());
      assertThat(node.kv().range(RangeRequest.newBuilder().setKey(KEY).build()).getCount())
          .isEqualTo(1);
      slowest = longer(slowest, Duration.ofNanos(System.nanoTime() - began));
    }
    System.out.println("a put and a read beside unread watches took at most " + slowest);
    assertThat(slowest).isLessThan(Duration.ofSeconds(5));
    node.assertServes();
  }

  /** Takes the answers that its watches are created, and nothing that they tell. */
  private static final class Unread implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicReference<ClientCallStreamObserver<WatchRequest>> call =
        new AtomicReference<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      call.set(stream);
      stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(WatchResponse response) {
      if (response.getCreated() && created.incrementAndGet() < WATCHES) {
        Objects.requireNonNull(call.get()).request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void largeValuesAsFastAsTheyCanComeSlowTheirSender() throws Exception {
    var value = ByteString.copyFrom(new byte[1 << 20]);
    var room = new Semaphore(LARGE_UNDER_WAY);
    var answers = new Answers<PutResponse>(room);
    var stubs = new ArrayList<KVGrpc.KVStub>();
    for (int i = 0; i < 4; i++) {
      stubs.add(KVGrpc.newStub(node.channel()));
    }
    var slowest = Duration.ZERO;
    for (int i = 0; i < LARGE_PUTS; i++) {
      assertThat(room.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      var key = ByteString.copyFromUtf8("large-" + i % 10);
      var put = PutRequest.newBuilder().setKey(key).setValue(value).build();
      stubs.get(i % stubs.size()).put(put, answers);
      if (i % 20 == 0) {
        slowest = longer(slowest, node.putSmall());
      }
    }
    assertThat(room.tryAcquire(LARGE_UNDER_WAY, PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    System.out.printf(
        "of %d large puts %d were done and %d refused; a small one took at most %s%n",
        LARGE_PUTS, answers.done.get(), answers.refused.get(), slowest);
    assertThat(answers.others).isEmpty();
    assertThat(answers.done.get()).isGreaterThan(LARGE_PUTS / 10);
    assertThat(slowest).isLessThan(Duration.ofSeconds(15));
    node.assertServes();
  }

  @Test
  void largeAnswersAreRefusedOrWait() throws Exception {
    var value = ByteString.copyFrom(new byte[1 << 20]);
    for (int i = 0; i < 80; i++) {
      var key = ByteString.copyFromUtf8("large-" + (100 + i));
      var _ = node.kv().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
    }
    var all =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("large-"))
            .setRangeEnd(ByteString.copyFromUtf8("large."))
            .build();
    var delete =
        DeleteRangeRequest.newBuilder().setKey(all.getKey()).setRangeEnd(all.getRangeEnd());
    assertTooLarge(() -> node.kv().range(all));
    assertTooLarge(() -> node.kv().deleteRange(delete.clone().setPrevKv(true).build()));
    var put = PutRequest.newBuilder().setKey(KEY).setValue(KEY);
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestPut(put))
            .addSuccess(RequestOp.newBuilder().setRequestRange(all));
    assertTooLarge(() -> node.kv().txn(txn.build()));
    assertThat(node.kv().range(RangeRequest.newBuilder().setKey(KEY).build()).getCount()).isZero();

    var room = new Semaphore(0);
    var answers = new Answers<RangeResponse>(room);
    for (int i = 0; i < 100; i++) {
      KVGrpc.newStub(node.channel()).range(all.toBuilder().setLimit(20).build(), answers);
    }
    assertThat(room.tryAcquire(100, PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    System.out.printf(
        "of 100 answers of 20 MiB %d were given and %d refused%n",
        answers.done.get(), answers.refused.get());
    assertThat(answers.others).isEmpty();
    assertThat(answers.done.get()).isPositive();

    var whole = watchAll(all, true);
    var keys = watchAll(all, false);
    assertThat(node.kv().deleteRange(delete.build()).getDeleted()).isEqualTo(80);
    await().atMost(PATIENCE).until(() -> keys.events.get() == 80);
    await().atMost(PATIENCE).until(() -> !whole.refusal.isEmpty());
    assertThat(whole.refusal).startsWith("quorate: the changes of revision ");
    node.assertServes();
  }

  private static void assertTooLarge(ThrowingCallable call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .withMessageStartingWith(
            "INVALID_ARGUMENT: quorate: the answer is more than this member's");
  }

  private Told watchAll(RangeRequest range, boolean withPrevious) {
    var told = new Told();
    var create =
        WatchCreateRequest.newBuilder()
            .setKey(range.getKey())
            .setRangeEnd(range.getRangeEnd())
            .setPrevKv(withPrevious);
    WatchGrpc.newStub(node.channel())
        .watch(told)
        .onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    await().atMost(PATIENCE).until(told.created::get);
    return told;
  }

  /** What a watch was told. */
  private static final class Told implements StreamObserver<WatchResponse> {
    private final AtomicBoolean created = new AtomicBoolean();
    private final AtomicInteger events = new AtomicInteger();
    private volatile String refusal = "";

    @Override
    public void onNext(WatchResponse response) {
      events.addAndGet(response.getEventsCount());
      refusal = response.getCancelReason();
      created.compareAndSet(false, response.getCreated());
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private static final class Answers<T> implements StreamObserver<T> {
    private final Semaphore room;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> others = Collections.synchronizedList(new ArrayList<>());

    Answers(Semaphore room) {
      this.room = room;
    }

    @Override
    public void onNext(T response) {
      done.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      var status = Status.fromThrowable(failure);
      if (status.getCode() == Code.RESOURCE_EXHAUSTED) {
        refused.incrementAndGet();
      } else {
        others.add(status.toString());
      }
      room.release();
    }

    @Override
    public void onCompleted() {
      room.release();
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}

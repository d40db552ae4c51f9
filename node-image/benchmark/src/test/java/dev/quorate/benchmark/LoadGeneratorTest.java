package dev.quorate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.ResponseOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generator against a server that only counts. */
class LoadGeneratorTest {
  /** Longer than warm-up and measurement together. */
  private static final long HELD_BACK_MILLISECONDS = 1500;

  private final CountingKv kv = new CountingKv();
  private Server server = NettyServerBuilder.forPort(0).build();

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(kv)
            .build()
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  @Test
  void sendsKeysAndValuesOfTheSizesAsked() {
    run(workload(4, RequestMix.reads(0.5, false), 0));
    assertThat(kv.puts.get()).isPositive();
    assertThat(kv.ranges.get()).isPositive();
    assertThat(kv.keyBytes.get()).isEqualTo(20);
    assertThat(kv.valueBytes.get()).isEqualTo(100);
  }

  @Test
  void rangesAreOfAHundredKeysInOrder() {
    run(workload(1, RequestMix.RANGES, 0));
    var range = Objects.requireNonNull(kv.lastRange.get());
    int begin = Integer.parseInt(range.getKey().toStringUtf8().substring(10));
    int end = Integer.parseInt(range.getRangeEnd().toStringUtf8().substring(10));
    assertThat(end - begin).isEqualTo(100);
  }

  @Test
  void compareAndSetsCompareWithWhatTheLastAnswerTold() {
    run(workload(2, RequestMix.COMPARE_AND_SETS, 0));
    assertThat(kv.txns.get()).isGreaterThan(10);
    // Each of the two clients begins without knowing a revision.
    assertThat(kv.refusedTxns.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void countsEveryAnswerOfTheMeasuredTime() {
    var result = run(workload(8, RequestMix.PUTS, 0));
    assertThat(result.failures()).isZero();
    assertThat(result.times().getTotalCount()).isPositive().isLessThanOrEqualTo(kv.puts.get());
    assertThat(result.requestsPerSecond() * result.seconds())
        .isCloseTo((double) result.answeredInTime(), offset(0.01));
    assertThat(result.times().getTotalCount()).isGreaterThanOrEqualTo(result.answeredInTime());
  }

  @Test
  void openLoopStartsRequestsAtTheRateAsked() {
    var result = run(workload(4, RequestMix.PUTS, 200));
    assertThat(kv.puts.get()).isLessThanOrEqualTo(202);
    assertThat(result.times().getTotalCount()).isPositive();
  }

  /** Else a member that stalls near the end would look faster than one that does not. */
  @Test
  void whatIsOnItsWayAtTheEndIsWaitedFor() {
    kv.holdsBack = true;
    var result = run(workload(3, RequestMix.PUTS, 0));
    assertThat(result.answeredInTime()).isZero();
    assertThat(result.failures()).isZero();
    assertThat(result.times().getTotalCount()).isEqualTo(3);
    assertThat(result.milliseconds(0)).isGreaterThanOrEqualTo(HELD_BACK_MILLISECONDS);
  }

  @Test
  void failuresAreCountedAndNotMeasured() {
    kv.fails = true;
    var result = run(workload(2, RequestMix.PUTS, 0));
    assertThat(result.failures()).isPositive();
    assertThat(result.lastFailure()).isEqualTo("UNAVAILABLE: etcdserver: no leader");
    assertThat(result.times().getTotalCount()).isZero();
  }

  private LoadResult run(Workload workload) {
    var endpoint = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    try (var generator = new LoadGenerator(workload, List.of(endpoint))) {
      return generator.run(() -> {});
    }
  }

  private static Workload workload(int clients, RequestMix mix, int rate) {
    return new Workload(
        clients, 2, 20, 100, 50, mix, rate, Duration.ofMillis(500), Duration.ofMillis(500));
  }

  /** Answers at once and remembers what it saw; every key was there before. */
  private static final class CountingKv extends KVGrpc.KVImplBase {
    private final AtomicLong puts = new AtomicLong();
    private final AtomicLong ranges = new AtomicLong();
    private final AtomicInteger keyBytes = new AtomicInteger();
    private final AtomicInteger valueBytes = new AtomicInteger();
    private final AtomicLong txns = new AtomicLong();
    private final AtomicLong refusedTxns = new AtomicLong();
    private final AtomicReference<RangeRequest> lastRange =
        new AtomicReference<>(RangeRequest.getDefaultInstance());
    private final Map<ByteString, Long> revisions = new ConcurrentHashMap<>();
    private volatile boolean fails;
    private volatile boolean holdsBack;

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answer) {
      puts.incrementAndGet();
      keyBytes.set(request.getKey().size());
      valueBytes.set(request.getValue().size());
      if (fails) {
        answer.onError(
            Status.UNAVAILABLE.withDescription("etcdserver: no leader").asRuntimeException());
        return;
      }
      if (holdsBack) {
        CompletableFuture.delayedExecutor(HELD_BACK_MILLISECONDS, TimeUnit.MILLISECONDS)
            .execute(() -> finish(answer));
      } else {
        finish(answer);
      }
    }

    private static void finish(StreamObserver<PutResponse> answer) {
      answer.onNext(PutResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      ranges.incrementAndGet();
      lastRange.set(request);
      answer.onNext(RangeResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
      long revision = txns.incrementAndGet() + 1;
      var compare = request.getCompare(0);
      long known = revisions.getOrDefault(compare.getKey(), 1L);
      var response = TxnResponse.newBuilder();
      if (compare.getModRevision() == known) {
        revisions.put(compare.getKey(), revision);
        response
            .setSucceeded(true)
            .setHeader(ResponseHeader.newBuilder().setRevision(revision))
            .addResponses(ResponseOp.newBuilder().setResponsePut(PutResponse.getDefaultInstance()));
      } else {
        refusedTxns.incrementAndGet();
        var found = RangeResponse.newBuilder().addKvs(KeyValue.newBuilder().setModRevision(known));
        response.addResponses(ResponseOp.newBuilder().setResponseRange(found));
      }
      answer.onNext(response.build());
      answer.onCompleted();
    }
  }
}

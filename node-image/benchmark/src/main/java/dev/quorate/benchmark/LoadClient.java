package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One client: sends a request, waits for its answer, sends the next. */
final class LoadClient {
  private static final long RETRY_MILLISECONDS = 20;

  private final Workload workload;
  private final Channel channel;
  private final ScheduledExecutorService loop;
  private final LoadRecorder recorder;
  private final SplittableRandom random;
  private final ByteString value;
  private final KeyNames keys;
  private final ByteString ownKey;
  private long ownRevision;
  private boolean running;

  LoadClient(
      Workload workload,
      int number,
      Channel channel,
      ScheduledExecutorService loop,
      LoadRecorder recorder) {
    this.workload = workload;
    this.channel = channel;
    this.loop = loop;
    this.recorder = recorder;
    random = new SplittableRandom(number);
    var bytes = new byte[workload.valueBytes()];
    random.nextBytes(bytes);
    value = UnsafeByteOperations.unsafeWrap(bytes);
    keys = new KeyNames(workload.keyBytes());
    ownKey = keys.own(number);
  }

  void start() {
    running = true;
    sendOne(System.nanoTime());
  }

  private void resume() {
    if (running) {
      sendOne(System.nanoTime());
    }
  }

  void stop() {
    running = false;
  }

  void sendOne(long dueNanos) {
    var mix = workload.mix();
    double kind = random.nextDouble();
    int number = random.nextInt(workload.keys());
    if (kind < mix.reads()) {
      send(KVGrpc.getRangeMethod(), range().setKey(keys.of(number)).build(), dueNanos, _ -> {});
    } else if (kind < mix.reads() + mix.ranges()) {
      var end = keys.of(number + RequestMix.KEYS_PER_RANGE);
      var request = range().setKey(keys.of(number)).setRangeEnd(end).build();
      send(KVGrpc.getRangeMethod(), request, dueNanos, _ -> {});
    } else if (kind < mix.reads() + mix.ranges() + mix.compareAndSets()) {
      send(KVGrpc.getTxnMethod(), compareAndSet(), dueNanos, this::remember);
    } else {
      var request = PutRequest.newBuilder().setKey(keys.of(number)).setValue(value).build();
      send(KVGrpc.getPutMethod(), request, dueNanos, _ -> {});
    }
  }

  private RangeRequest.Builder range() {
    return RangeRequest.newBuilder().setSerializable(workload.mix().serializable());
  }

  /** On a key of this client's own; who is wrong about its revision learns what it is. */
  private TxnRequest compareAndSet() {
    var compare =
        Compare.newBuilder()
            .setKey(ownKey)
            .setTarget(Compare.CompareTarget.MOD)
            .setResult(Compare.CompareResult.EQUAL)
            .setModRevision(ownRevision);
    var put = PutRequest.newBuilder().setKey(ownKey).setValue(value);
    var get = RangeRequest.newBuilder().setKey(ownKey);
    return TxnRequest.newBuilder()
        .addCompare(compare)
        .addSuccess(RequestOp.newBuilder().setRequestPut(put))
        .addFailure(RequestOp.newBuilder().setRequestRange(get))
        .build();
  }

  private void remember(TxnResponse response) {
    if (response.getSucceeded()) {
      ownRevision = response.getHeader().getRevision();
    } else {
      var found = response.getResponses(0).getResponseRange().getKvsList();
      ownRevision = found.isEmpty() ? 0 : found.getFirst().getModRevision();
    }
  }

  private <Q, A> void send(
      MethodDescriptor<Q, A> method, Q request, long dueNanos, Consumer<A> whenAnswered) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    ClientCall<Q, A> call = channel.newCall(method, options);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(A answer) {
            whenAnswered.accept(answer);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            closed(status, dueNanos);
          }
        },
        new Metadata());
    recorder.sent();
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  private void closed(Status status, long dueNanos) {
    if (status.isOk()) {
      recorder.answered(System.nanoTime() - dueNanos);
    } else {
      recorder.failed(status.getCode() + ": " + status.getDescription());
    }
    if (!running || workload.rate() > 0) {
      return;
    }
    if (status.isOk()) {
      sendOne(System.nanoTime());
    } else {
      var _ = loop.schedule(this::resume, RETRY_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
  }
}

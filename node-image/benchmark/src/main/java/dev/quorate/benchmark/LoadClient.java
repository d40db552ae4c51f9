package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One client: sends a request, waits for its answer, sends the next. */
final class LoadClient {
  private static final long RETRY_MILLISECONDS = 20;

  private final Workload workload;
  private final Channel channel;
  private final ScheduledExecutorService loop;
  private final LoadRecorder recorder;
  private final SplittableRandom random;
  private final ByteString value;
  private final byte[] keyTemplate;
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
    keyTemplate = "k".repeat(workload.keyBytes()).getBytes(StandardCharsets.US_ASCII);
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
    if (random.nextDouble() < workload.readFraction()) {
      var request =
          RangeRequest.newBuilder().setKey(key()).setSerializable(workload.serializable()).build();
      send(KVGrpc.getRangeMethod(), request, dueNanos);
    } else {
      var request = PutRequest.newBuilder().setKey(key()).setValue(value).build();
      send(KVGrpc.getPutMethod(), request, dueNanos);
    }
  }

  private ByteString key() {
    byte[] key = keyTemplate.clone();
    int number = random.nextInt(workload.keys());
    for (int i = key.length - 1; number > 0; i--, number /= 10) {
      key[i] = (byte) ('0' + number % 10);
    }
    return UnsafeByteOperations.unsafeWrap(key);
  }

  private <Q, A> void send(MethodDescriptor<Q, A> method, Q request, long dueNanos) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    ClientCall<Q, A> call = channel.newCall(method, options);
    call.start(
        new ClientCall.Listener<>() {
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

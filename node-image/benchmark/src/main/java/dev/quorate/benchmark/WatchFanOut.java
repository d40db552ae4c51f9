package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Many watches of one key, and puts of it: a few puts are on their way at a time, and the next one
 * is sent when all watches were told of one. So the members decide how fast it goes, and no backlog
 * hides how late events are.
 */
final class WatchFanOut implements AutoCloseable {
  private static final int MAX_STREAMS = 10;
  private static final int MAX_EVENTS_UNDER_WAY = 10_000;
  private static final int MAX_PUTS_UNDER_WAY = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MAX_MICROSECONDS = 120_000_000;
  private static final long RETRY_MILLISECONDS = 20;
  private static final ByteString KEY = ByteString.copyFromUtf8("watched");

  private final int watchers;
  private final int valueBytes;
  private final ClientLoop clients = new ClientLoop();
  private final ManagedChannel puts;
  private final List<InetSocketAddress> endpoints;
  private final CountDownLatch created;

  /** By the place of a put among those under way: which one it is, and who is not told yet. */
  private final long[] sequences;

  private final int[] untold;
  private final Recorder times = new Recorder(MAX_MICROSECONDS, 3);
  private final AtomicLong events = new AtomicLong();
  private volatile String failure = "";
  private long nextSequence = 1;

  /** Events that were told in the measured time, and how long after their puts were sent. */
  record Result(long events, double seconds, Histogram times) {}

  WatchFanOut(int watchers, int valueBytes, List<InetSocketAddress> endpoints) {
    this.watchers = watchers;
    this.valueBytes = Math.max(valueBytes, 2 * Long.BYTES);
    this.endpoints = endpoints;
    puts = clients.connect(endpoints.getFirst());
    created = new CountDownLatch(watchers);
    int underWay = Math.clamp(MAX_EVENTS_UNDER_WAY / watchers, 1, MAX_PUTS_UNDER_WAY);
    sequences = new long[underWay];
    untold = new int[underWay];
  }

  Result run(Duration warmUp, Duration duration, Runnable measuringBegins)
      throws IOException, InterruptedException {
    int streams = Math.min(watchers, MAX_STREAMS);
    for (int i = 0; i < streams; i++) {
      int share = watchers / streams + (i < watchers % streams ? 1 : 0);
      watch(clients.connect(endpoints.get(i % endpoints.size())), share);
    }
    if (!created.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("not all watches were created; " + failure);
    }
    clients.thread().execute(this::putFirst);
    pass(warmUp);
    measuringBegins.run();
    times.reset();
    events.set(0);
    long beganNanos = System.nanoTime();
    pass(duration);
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    long told = events.get();
    if (told == 0) {
      throw new IOException("no event came; " + failure);
    }
    return new Result(told, seconds, times.getIntervalHistogram());
  }

  private static void pass(Duration time) {
    long endNanos = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void watch(ManagedChannel channel, int count) {
    var call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(WatchResponse response) {
            told(response);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            failure = "a stream ended: " + status;
          }
        },
        new Metadata());
    call.request(1);
    var watch = WatchCreateRequest.newBuilder().setKey(KEY);
    for (int i = 0; i < count; i++) {
      call.sendMessage(WatchRequest.newBuilder().setCreateRequest(watch).build());
    }
  }

  private void told(WatchResponse response) {
    if (response.getCreated()) {
      created.countDown();
    }
    long now = System.nanoTime();
    for (var event : response.getEventsList()) {
      var value = event.getKv().getValue().asReadOnlyByteBuffer();
      long sequence = value.getLong();
      long sentNanos = value.getLong();
      events.incrementAndGet();
      times.recordValue(Math.clamp((now - sentNanos) / 1000, 0, MAX_MICROSECONDS));
      int place = (int) (sequence % sequences.length);
      if (sequences[place] == sequence && --untold[place] == 0) {
        put(place);
      }
    }
  }

  private void putFirst() {
    for (int place = 0; place < sequences.length; place++) {
      put(place);
    }
  }

  private void put(int place) {
    sequences[place] = nextSequence * sequences.length + place;
    nextSequence++;
    untold[place] = watchers;
    var value = ByteBuffer.allocate(valueBytes);
    value.putLong(sequences[place]).putLong(System.nanoTime()).rewind();
    var request = PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFrom(value)).build();
    var call = puts.newCall(KVGrpc.getPutMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
              failure = "a put failed: " + status;
              var _ =
                  clients
                      .thread()
                      .schedule(() -> put(place), RETRY_MILLISECONDS, TimeUnit.MILLISECONDS);
            }
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public void close() {
    clients.close();
  }
}

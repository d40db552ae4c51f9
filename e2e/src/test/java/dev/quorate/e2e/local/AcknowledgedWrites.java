package dev.quorate.e2e.local;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A client that writes all the time, tries again elsewhere, and remembers what was promised. */
final class AcknowledgedWrites implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 3;
  private static final long READ_DEADLINE_SECONDS = 30;

  private final Supplier<List<String>> endpoints;
  private final Map<String, ManagedChannel> channels = new HashMap<>();
  private final Map<String, String> acknowledged = new ConcurrentSkipListMap<>();
  private final Thread writer;
  private volatile boolean stopped;

  AcknowledgedWrites(Supplier<List<String>> endpoints) {
    this.endpoints = endpoints;
    this.writer = Thread.ofPlatform().daemon(true).name("writer").unstarted(this::write);
  }

  void start() {
    writer.start();
  }

  private void write() {
    int turn = 0;
    for (int number = 0; !stopped; turn++) {
      var key = "key-%08d".formatted(number);
      if (put(turn, key, "value-" + number)) {
        acknowledged.put(key, "value-" + number);
        number++;
      }
    }
  }

  private boolean put(int turn, String key, String value) {
    try {
      stub(turn)
          .put(
              PutRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8(key))
                  .setValue(ByteString.copyFromUtf8(value))
                  .build());
      return true;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  private KVGrpc.KVBlockingStub stub(int turn) {
    return KVGrpc.newBlockingStub(channel(turn))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /** Of a member that runs: a channel still pauses after the failures of when it did not. */
  private KVGrpc.KVBlockingStub readingStub(int turn) {
    ManagedChannel channel = channel(turn);
    channel.resetConnectBackoff();
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(READ_DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private ManagedChannel channel(int turn) {
    var known = endpoints.get();
    var endpoint = known.get(turn % known.size());
    synchronized (channels) {
      return channels.computeIfAbsent(
          endpoint, address -> NettyChannelBuilder.forTarget(address).usePlaintext().build());
    }
  }

  int count() {
    return acknowledged.size();
  }

  /** Returns when so many more writes were acknowledged: the cluster serves. */
  void awaitMore(int more) {
    int target = count() + more;
    await(more + " more writes").atMost(Duration.ofMinutes(1)).until(() -> count() >= target);
  }

  void stop() throws InterruptedException {
    stopped = true;
    writer.join();
  }

  /** What was promised and is not there, read from every member. */
  Map<String, String> missing() {
    var missing = new TreeMap<String, String>();
    for (int turn = 0; turn < endpoints.get().size(); turn++) {
      var found = new HashMap<String, String>();
      var all =
          readingStub(turn)
              .range(
                  RangeRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("key-"))
                      .setRangeEnd(ByteString.copyFromUtf8("key."))
                      .build());
      all.getKvsList()
          .forEach(kv -> found.put(kv.getKey().toStringUtf8(), kv.getValue().toStringUtf8()));
      acknowledged.forEach(
          (key, value) -> {
            if (!value.equals(found.get(key))) {
              missing.put(key, value);
            }
          });
    }
    return missing;
  }

  @Override
  public void close() {
    stopped = true;
    synchronized (channels) {
      channels.values().forEach(ManagedChannel::shutdownNow);
    }
  }
}

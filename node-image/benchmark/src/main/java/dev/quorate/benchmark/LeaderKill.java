package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Kills the leader while clients write, and measures how long nobody could: from the kill to the
 * first answer to a request that was sent after it. The clients try again at once, at the next
 * member, and wait for no answer longer than a little, so that they do not add to it.
 */
final class LeaderKill {
  private static final int CLIENTS = 8;
  private static final Duration ANSWER = Duration.ofMillis(150);
  private static final Duration BEFORE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MemberCluster cluster;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicLong killedNanos = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong answeredNanos = new AtomicLong();
  private final CountDownLatch writable = new CountDownLatch(1);

  LeaderKill(MemberCluster cluster) {
    this.cluster = cluster;
  }

  Duration measure() throws IOException, InterruptedException {
    var clients =
        IntStream.range(0, CLIENTS)
            .mapToObj(number -> Thread.ofVirtual().start(() -> write(number)))
            .toList();
    try {
      var leader = cluster.leader();
      leader.checkRuns(BEFORE);
      killedNanos.set(System.nanoTime());
      leader.kill();
      if (!writable.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("no write within %d s of the kill".formatted(PATIENCE.toSeconds()));
      }
      return Duration.ofNanos(answeredNanos.get() - killedNanos.get());
    } finally {
      running.set(false);
      for (var client : clients) {
        client.join();
      }
    }
  }

  private void write(int number) {
    var channels = cluster.endpoints().stream().map(LeaderKill::connect).toList();
    var request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("writer-" + number))
            .setValue(ByteString.copyFrom(new byte[256]))
            .build();
    try {
      int next = number;
      while (running.get()) {
        if (!write(channels.get(next % channels.size()), request)) {
          next++;
        }
      }
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private boolean write(ManagedChannel channel, PutRequest request) {
    long sentNanos = System.nanoTime();
    try {
      KVGrpc.newBlockingStub(channel)
          .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .put(request);
      if (sentNanos > killedNanos.get() && answeredNanos.compareAndSet(0, System.nanoTime())) {
        writable.countDown();
      }
      return true;
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  private static ManagedChannel connect(InetSocketAddress endpoint) {
    return NettyChannelBuilder.forAddress(endpoint).usePlaintext().build();
  }

  /** The times of several kills, for a table. */
  static String row(String contender, List<Duration> times) {
    var sorted = times.stream().sorted().toList();
    return "| %s | %d | %d | %d | %d |%n"
        .formatted(
            contender,
            times.size(),
            sorted.getFirst().toMillis(),
            sorted.get(sorted.size() / 2).toMillis(),
            sorted.getLast().toMillis());
  }
}

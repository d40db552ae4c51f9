package dev.quorate.benchmark;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one workload. All clients live on one event loop thread, which takes no locks and does not
 * switch threads: on a small machine the generator must not take what the members need.
 */
final class LoadGenerator implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Workload workload;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<LoadClient> clients = new ArrayList<>();
  private final LoadRecorder recorder = new LoadRecorder();

  LoadGenerator(Workload workload, List<InetSocketAddress> endpoints) {
    this.workload = workload;
    for (int i = 0; i < workload.connections(); i++) {
      channels.add(
          NettyChannelBuilder.forAddress(endpoints.get(i % endpoints.size()))
              .usePlaintext()
              .directExecutor()
              .eventLoopGroup(loop)
              .channelType(NioSocketChannel.class, InetSocketAddress.class)
              .build());
    }
    for (int i = 0; i < workload.clients(); i++) {
      clients.add(new LoadClient(workload, i, channels.get(i % channels.size()), loop, recorder));
    }
  }

  /**
   * Warms up, measures, and waits for the last answers, so that a stall at the end is not left out.
   */
  LoadResult run(Runnable measuringBegins) {
    boolean closedLoop = workload.rate() == 0;
    if (closedLoop) {
      loop.execute(() -> clients.forEach(LoadClient::start));
    }
    pass(workload.warmUp());
    measuringBegins.run();
    recorder.begin();
    long beganNanos = System.nanoTime();
    pass(workload.duration());
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    long answeredInTime = recorder.answers();
    loop.execute(() -> clients.forEach(LoadClient::stop));
    awaitAnswers();
    return recorder.end(seconds, answeredInTime);
  }

  private void awaitAnswers() {
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    while (recorder.waiting() > 0 && System.nanoTime() < endNanos) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void pass(Duration time) {
    long endNanos = System.nanoTime() + time.toNanos();
    if (workload.rate() == 0) {
      for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      return;
    }
    long periodNanos = TimeUnit.SECONDS.toNanos(1) / workload.rate();
    int client = 0;
    for (long due = System.nanoTime(); due < endNanos; due += periodNanos) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      var next = clients.get(client++ % clients.size());
      long dueNanos = due;
      loop.execute(() -> next.sendOne(dueNanos));
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    var _ =
        loop.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(PATIENCE.toMillis());
  }
}

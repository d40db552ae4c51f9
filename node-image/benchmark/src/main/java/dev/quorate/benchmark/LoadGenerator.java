package dev.quorate.benchmark;

import io.grpc.ManagedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs one workload, all of its clients on one thread. */
final class LoadGenerator implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Workload workload;
  private final ClientLoop loop = new ClientLoop();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<LoadClient> clients = new ArrayList<>();
  private final LoadRecorder recorder = new LoadRecorder();

  LoadGenerator(Workload workload, List<InetSocketAddress> endpoints) {
    this.workload = workload;
    for (int i = 0; i < workload.connections(); i++) {
      channels.add(loop.connect(endpoints.get(i % endpoints.size())));
    }
    for (int i = 0; i < workload.clients(); i++) {
      clients.add(
          new LoadClient(workload, i, channels.get(i % channels.size()), loop.thread(), recorder));
    }
  }

  /**
   * Warms up, measures, and waits for the last answers, so that a stall at the end is not left out.
   */
  LoadResult run(Runnable measuringBegins) {
    boolean closedLoop = workload.rate() == 0;
    if (closedLoop) {
      loop.thread().execute(() -> clients.forEach(LoadClient::start));
    }
    pass(workload.warmUp());
    measuringBegins.run();
    recorder.begin();
    long beganNanos = System.nanoTime();
    pass(workload.duration());
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    long answeredInTime = recorder.answers();
    loop.thread().execute(() -> clients.forEach(LoadClient::stop));
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
      loop.thread().execute(() -> next.sendOne(dueNanos));
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}

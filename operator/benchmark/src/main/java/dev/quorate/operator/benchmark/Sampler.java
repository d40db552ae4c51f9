package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.time.Duration;

/** Looks at the operator four times a second and keeps the highest of what it sees. */
final class Sampler implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final OperatorProcess operator;
  private final Thread thread;
  private double deepestQueue;
  private double mostHeapBytes;

  Sampler(OperatorProcess operator) {
    this.operator = operator;
    this.thread = Thread.ofVirtual().name("sampler").start(this::look);
  }

  private void look() {
    try {
      while (true) {
        keep(operator.read());
        Awaiting.pause(PAUSE);
      }
    } catch (InterruptedException | IOException _) {
      // The phase has ended, or the operator has; the latter is noticed elsewhere.
    }
  }

  private synchronized void keep(OperatorMetrics seen) {
    deepestQueue = Math.max(deepestQueue, seen.queueDepth());
    mostHeapBytes = Math.max(mostHeapBytes, seen.heapBytes());
  }

  synchronized double deepestQueue() {
    return deepestQueue;
  }

  synchronized double mostHeapBytes() {
    return mostHeapBytes;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

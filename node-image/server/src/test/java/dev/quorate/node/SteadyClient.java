package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Calls one thing after the other, and knows how long it ever had to wait for one. */
final class SteadyClient implements AutoCloseable {
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile boolean closing;

  /** Begins; the first call that fails is the last one. */
  SteadyClient(Runnable call) {
    Thread.ofPlatform()
        .name("steady-client")
        .daemon()
        .start(
            () -> {
              try {
                while (!closing) {
                  long began = System.nanoTime();
                  call.run();
                  longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
                  calls.incrementAndGet();
                }
                ended.complete(null);
              } catch (RuntimeException | Error e) {
                ended.completeExceptionally(e);
              }
            });
  }

  long calls() {
    return calls.get();
  }

  Duration longest() {
    return Duration.ofNanos(longestNanos.get());
  }

  /** Ends it; no call has failed. */
  @Override
  public void close() {
    closing = true;
    assertThat(ended).succeedsWithin(Duration.ofSeconds(60));
  }
}

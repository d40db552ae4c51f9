package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the lack of a leader is told. */
final class LeaderLossTest {
  private final SoleMember member = new SoleMember(false);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger losses = new AtomicInteger();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    member.watches.close();
  }

  @Test
  void isToldAfterThreeElectionTimeoutsAndNotBefore() {
    member.loseLeader();
    long beganNanos = System.nanoTime();
    LeaderLoss.watch(member, timer, Duration.ofMillis(50), losses::incrementAndGet);
    await().until(() -> losses.get() > 0);
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
        .isGreaterThan(Duration.ofMillis(149));
    await().until(() -> losses.get() > 1);
  }

  @Test
  void isNotToldOfALeaderThatIsThere() {
    LeaderLoss.watch(member, timer, Duration.ofMillis(1), losses::incrementAndGet);
    await().during(Duration.ofMillis(50)).until(() -> losses.get() == 0);
  }
}

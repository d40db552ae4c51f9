package dev.quorate.node.rpc;

import dev.quorate.node.replication.ClusterControl;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that there has been no leader for three election timeouts: not as soon as there is none,
 * because streams that are ended all come back at once.
 */
public final class LeaderLoss {
  private static final int ELECTION_TIMEOUTS = 3;

  private final ClusterControl control;
  private final ScheduledExecutorService timer;
  private final Duration patience;
  private final Runnable onLoss;
  private @Nullable Future<?> alarm;

  private LeaderLoss(
      ClusterControl control,
      ScheduledExecutorService timer,
      Duration electionTimeout,
      Runnable onLoss) {
    this.control = control;
    this.timer = timer;
    this.patience = electionTimeout.multipliedBy(ELECTION_TIMEOUTS);
    this.onLoss = onLoss;
  }

  /**
   * Looks from now on, until the timer ends.
   *
   * @param onLoss called on the timer's thread, and again each time the same time has passed
   */
  public static void watch(
      ClusterControl control,
      ScheduledExecutorService timer,
      Duration electionTimeout,
      Runnable onLoss) {
    var loss = new LeaderLoss(control, timer, electionTimeout, onLoss);
    var _ = control.onStatusChange(_ -> loss.look());
  }

  /** Announcements may overtake each other, so the present counts and not what was announced. */
  private synchronized void look() {
    boolean known = control.status().raft().leader() != 0;
    var pending = alarm;
    if (known && pending != null) {
      pending.cancel(false);
      alarm = null;
    } else if (!known && pending == null) {
      setAlarm();
    }
  }

  private void setAlarm() {
    try {
      alarm = timer.schedule(this::ring, patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // The node is ending, and its streams with it.
    }
  }

  private void ring() {
    synchronized (this) {
      alarm = null;
    }
    if (control.status().raft().leader() == 0) {
      onLoss.run();
    }
    look();
  }
}

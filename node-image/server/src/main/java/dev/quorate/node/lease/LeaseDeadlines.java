package dev.quorate.node.lease;

import dev.quorate.node.kv.Lease;
import dev.quorate.node.kv.LeaseChange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When the leases of a leader end. A lease never ends before what its client was told: a new leader
 * gives every lease what the log says is left of it, or the whole TTL, and more; and a renewal
 * counts only when the log does not say that less is left.
 */
public final class LeaseDeadlines {
  private static final long MILLISECONDS_PER_SECOND = 1000;

  private final long checkpointIntervalMilliseconds;
  private final TreeMap<Long, TrackedLease> leases = new TreeMap<>();

  /** Those whose revocation is not under way. */
  private final TreeSet<TrackedLease> byDue = new TreeSet<>(TrackedLease.BY_DUE);

  /** Those that live long enough to be worth a checkpoint. */
  private final TreeSet<TrackedLease> byCheckpoint = new TreeSet<>(TrackedLease.BY_CHECKPOINT);

  /** Leases of which less is left than the interval need no checkpoint. */
  public LeaseDeadlines(long checkpointIntervalMilliseconds) {
    this.checkpointIntervalMilliseconds = checkpointIntervalMilliseconds;
  }

  /**
   * Leadership begins with these leases.
   *
   * @param extensionMilliseconds what every lease gets on top, for renewals that the leader before
   *     may have granted in its last moment
   */
  public void begin(List<Lease> known, long nowMilliseconds, long extensionMilliseconds) {
    end();
    for (var lease : known) {
      long left = lease.startTtlSeconds() * MILLISECONDS_PER_SECOND + extensionMilliseconds;
      var tracked = new TrackedLease(lease.id(), lease.grantedTtlSeconds());
      tracked.checkpointed = lease.remainingTtlSeconds() > 0;
      leases.put(lease.id(), tracked);
      schedule(tracked, nowMilliseconds, left);
    }
  }

  /** Leadership is over: nothing ends here any more. */
  public void end() {
    leases.clear();
    byDue.clear();
    byCheckpoint.clear();
  }

  /** The log has changed a lease. */
  public void apply(LeaseChange change, long nowMilliseconds) {
    switch (change) {
      case LeaseChange.Granted(var lease) -> {
        forget(lease.id());
        var tracked = new TrackedLease(lease.id(), lease.grantedTtlSeconds());
        leases.put(lease.id(), tracked);
        schedule(tracked, nowMilliseconds, wholeTtl(tracked));
      }
      case LeaseChange.Revoked(long id) -> forget(id);
      case LeaseChange.Checkpointed(long id, long remainingTtlSeconds) -> {
        var tracked = leases.get(id);
        if (tracked != null) {
          tracked.checkpointed = remainingTtlSeconds > 0;
        }
      }
    }
  }

  private void forget(long id) {
    var tracked = leases.remove(id);
    if (tracked != null) {
      byDue.remove(tracked);
      byCheckpoint.remove(tracked);
    }
  }

  /** Gives a lease its whole TTL from now on, if that is possible at once. */
  public Renewal renew(long id, long nowMilliseconds) {
    var tracked = leases.get(id);
    if (tracked == null) {
      return new Renewal.Unknown();
    }
    if (tracked.ending || tracked.deadlineMilliseconds <= nowMilliseconds) {
      return new Renewal.Ended();
    }
    if (tracked.checkpointed || tracked.checkpointProposal != 0) {
      return new Renewal.Checkpointed();
    }
    byDue.remove(tracked);
    byCheckpoint.remove(tracked);
    schedule(tracked, nowMilliseconds, wholeTtl(tracked));
    return new Renewal.Renewed(tracked.ttlSeconds);
  }

  /** Whole seconds until the lease ends, 0 if it is about to be revoked; empty if unknown. */
  public OptionalLong remainingSeconds(long id, long nowMilliseconds) {
    var tracked = leases.get(id);
    if (tracked == null) {
      return OptionalLong.empty();
    }
    long left = tracked.deadlineMilliseconds - nowMilliseconds;
    return OptionalLong.of(tracked.ending ? 0 : Math.max(0, left) / MILLISECONDS_PER_SECOND);
  }

  /** The leases whose time is over, the longest over first; they count as ended from now on. */
  public List<Long> takeEnded(long nowMilliseconds, int max) {
    var ended = new ArrayList<Long>();
    while (ended.size() < max
        && !byDue.isEmpty()
        && byDue.first().dueMilliseconds <= nowMilliseconds) {
      var tracked = byDue.removeFirst();
      byCheckpoint.remove(tracked);
      tracked.ending = true;
      ended.add(tracked.id);
    }
    return ended;
  }

  /** The revocation of a lease did not get through: it is due again, later. */
  public void retryEnding(long id, long atMilliseconds) {
    var tracked = leases.get(id);
    if (tracked != null && tracked.ending && !byDue.contains(tracked)) {
      tracked.dueMilliseconds = atMilliseconds;
      byDue.add(tracked);
    }
  }

  /** A lease and how much is left of it, in whole seconds, rounded up. */
  public record Remaining(long id, long seconds) {}

  /**
   * What the log should be told of now: leases that were not renewed for an interval.
   *
   * @param proposal the number of the proposal that will do it, higher than all before
   */
  public List<Remaining> takeCheckpoints(long nowMilliseconds, int max, long proposal) {
    var due = new ArrayList<Remaining>();
    while (due.size() < max && nextCheckpointMilliseconds() <= nowMilliseconds) {
      var tracked = byCheckpoint.removeFirst();
      long left = tracked.deadlineMilliseconds - nowMilliseconds;
      if (left > 0) {
        tracked.checkpointProposal = proposal;
        due.add(new Remaining(tracked.id, Math.ceilDiv(left, MILLISECONDS_PER_SECOND)));
        scheduleCheckpoint(tracked, nowMilliseconds, left);
      }
    }
    return due;
  }

  /**
   * The outcome of a proposal from {@link #takeCheckpoints} is known, or it was surely not done.
   */
  public void checkpointSettled(long id, long proposal) {
    var tracked = leases.get(id);
    if (tracked != null && tracked.checkpointProposal == proposal) {
      tracked.checkpointProposal = 0;
    }
  }

  /**
   * A proposal was applied that gives the lease its whole TTL again in the log. Proposals of one
   * leader are applied in their order, so nothing proposed before it can take that back.
   */
  public void cleared(long id, long proposal) {
    var tracked = leases.get(id);
    if (tracked != null && tracked.checkpointProposal < proposal) {
      tracked.checkpointProposal = 0;
    }
  }

  /** When the next lease is to be revoked; the end of time if none is. */
  public long nextDueMilliseconds() {
    return byDue.isEmpty() ? Long.MAX_VALUE : byDue.first().dueMilliseconds;
  }

  /** When the next checkpoint is due; the end of time if none is. */
  public long nextCheckpointMilliseconds() {
    return byCheckpoint.isEmpty() ? Long.MAX_VALUE : byCheckpoint.first().checkpointMilliseconds;
  }

  private static long wholeTtl(TrackedLease tracked) {
    return tracked.ttlSeconds * MILLISECONDS_PER_SECOND;
  }

  private void schedule(TrackedLease tracked, long nowMilliseconds, long leftMilliseconds) {
    tracked.deadlineMilliseconds = nowMilliseconds + leftMilliseconds;
    tracked.dueMilliseconds = tracked.deadlineMilliseconds;
    byDue.add(tracked);
    scheduleCheckpoint(tracked, nowMilliseconds, leftMilliseconds);
  }

  private void scheduleCheckpoint(
      TrackedLease tracked, long nowMilliseconds, long leftMilliseconds) {
    if (leftMilliseconds > checkpointIntervalMilliseconds) {
      tracked.checkpointMilliseconds = nowMilliseconds + checkpointIntervalMilliseconds;
      byCheckpoint.add(tracked);
    }
  }
}

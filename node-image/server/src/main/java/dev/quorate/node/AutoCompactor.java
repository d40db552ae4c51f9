package dev.quorate.node;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.node.compaction.CompactionPolicy;
import dev.quorate.node.compaction.CompactionRule;
import dev.quorate.node.compaction.PeriodicCompaction;
import dev.quorate.node.compaction.RevisionCompaction;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.rpc.ServingMember;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Proposes a compaction when the rule says so, while this member leads. */
final class AutoCompactor {
  private static final Logger LOG = LoggerFactory.getLogger(AutoCompactor.class);

  private final ServingMember member;
  private final CompactionRule rule;
  private final ScheduledExecutorService timer;

  /** Whether what was due is on its way; the timer's thread's, as the rule is. */
  private boolean asked;

  private AutoCompactor(ServingMember member, CompactionRule rule, ScheduledExecutorService timer) {
    this.member = member;
    this.rule = rule;
    this.timer = timer;
  }

  /** Begins to follow the policy; it ends with the timer. */
  static void start(CompactionPolicy policy, ServingMember member, ScheduledExecutorService timer) {
    switch (policy) {
      case CompactionPolicy.Off _ -> {}
      case CompactionPolicy.Periodic(var period) ->
          new AutoCompactor(member, new PeriodicCompaction(period), timer).start();
      case CompactionPolicy.Revisions(var retained) ->
          new AutoCompactor(member, new RevisionCompaction(retained), timer).start();
    }
  }

  private void start() {
    long interval = rule.interval().toNanos();
    var _ = timer.scheduleWithFixedDelay(this::look, 0, interval, TimeUnit.NANOSECONDS);
  }

  private void look() {
    long due = rule.due(System.nanoTime(), member.state().get().revision());
    if (due == CompactionRule.NOTHING || asked || !member.control().status().raft().leads()) {
      return;
    }
    asked = true;
    var request = CompactionRequest.newBuilder().setRevision(due);
    var _ =
        member
            .proposals()
            .submit(Command.newBuilder().setCompact(request))
            .whenComplete((result, failure) -> answered(due, result, failure));
  }

  /** On the apply thread. */
  private void answered(long revision, @Nullable ApplyResult result, @Nullable Throwable failure) {
    boolean done = result instanceof ApplyResult.Done;
    boolean doneBefore =
        result instanceof ApplyResult.Refused(var error) && error == KvError.COMPACTED;
    if (!done && !doneBefore) {
      LOG.warn(
          "automatic compaction of revision {} failed, trying again: {}",
          revision,
          failure == null ? result : failure.getMessage());
    } else if (done) {
      LOG.info("compacted revision {} automatically", revision);
    }
    try {
      timer.execute(() -> ended(revision, done || doneBefore));
    } catch (RejectedExecutionException _) {
      // The node is ending.
    }
  }

  private void ended(long revision, boolean compacted) {
    asked = false;
    if (compacted) {
      rule.compacted(System.nanoTime(), revision);
    }
  }
}

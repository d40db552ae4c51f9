package dev.quorate.node;

import dev.quorate.api.admin.DiskReport;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmRequest.AlarmAction;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.rpc.ServingMember;
import dev.quorate.node.storage.DiskSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the disk: raises the NOSPACE alarm before it is full, so that no member puts more on it,
 * clears it when there is space again, and keeps for the operator what it saw.
 */
final class SpaceWatch {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final long INTERVAL_MILLISECONDS = 500;

  /** A disk that has not answered for so long hangs. */
  private static final Duration STALE = Duration.ofSeconds(10);

  private final Path directory;
  private final SpaceRule rule = new SpaceRule();
  private final UsedPercent used = new UsedPercent();
  private boolean measured = true;
  private CompletableFuture<Boolean> proposal = CompletableFuture.completedFuture(true);
  private volatile @Nullable Seen seen;

  /** What the last look brought, and when. */
  private record Seen(DiskSpace space, int usedPercent, SpaceAlarm alarm, long atNanos) {}

  SpaceWatch(Path directory) {
    this.directory = directory;
  }

  /** It ends with the timer. */
  void start(ServingMember member, ScheduledExecutorService timer) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> look(member), 0, INTERVAL_MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  /** Adds what is known of the disk, for the operator; nothing of one that does not answer. */
  void addTo(NodeStatus.Builder report) {
    var last = seen;
    if (last == null || System.nanoTime() - last.atNanos() > STALE.toNanos()) {
      return;
    }
    report
        .setDisk(
            DiskReport.newBuilder()
                .setTotalBytes(last.space().totalBytes())
                .setFreeBytes(last.space().freeBytes())
                .setUsedPercent(last.usedPercent()))
        .setSpaceAlarm(SpaceRule.told(last.alarm(), last.space()));
  }

  private void look(ServingMember member) {
    try {
      var space = DiskSpace.of(directory);
      measured = true;
      boolean raised = member.state().get().members().alarms().contains(alarm(member));
      if (proposal.isDone()) {
        rule.ended(proposal.join());
        follow(member, space, raised);
      }
      seen = new Seen(space, used.of(space), rule.alarm(raised), System.nanoTime());
    } catch (IOException e) {
      seen = null;
      if (measured) {
        LOG.warn("the space left in {} cannot be measured: {}", directory, e.toString());
        measured = false;
      }
    }
  }

  private void follow(ServingMember member, DiskSpace space, boolean raised) {
    switch (rule.next(space, raised)) {
      case RAISE -> {
        LOG.error(
            "only {} MiB are left on the disk of {}, {} MiB are kept in reserve: raising the"
                + " NOSPACE alarm, nothing is put any more; delete and compact, or make the disk"
                + " larger",
            space.freeBytes() >> 20,
            directory,
            space.reservedBytes() >> 20);
        propose(member, AlarmAction.ACTIVATE);
      }
      case CLEAR -> {
        LOG.info("{} MiB are left on the disk again: clearing the alarm", space.freeBytes() >> 20);
        propose(member, AlarmAction.DEACTIVATE);
      }
      case NOTHING -> {}
    }
  }

  private static AlarmMember alarm(ServingMember member) {
    long self = member.control().identity().memberId();
    return AlarmMember.newBuilder().setMemberID(self).setAlarm(AlarmType.NOSPACE).build();
  }

  private void propose(ServingMember member, AlarmAction action) {
    var request =
        AlarmRequest.newBuilder()
            .setAction(action)
            .setMemberID(alarm(member).getMemberID())
            .setAlarm(AlarmType.NOSPACE);
    proposal =
        member
            .proposals()
            .submit(Command.newBuilder().setAlarm(request))
            .handle(
                (_, failure) -> {
                  if (failure != null) {
                    LOG.warn("the alarm was not changed, trying again: {}", failure.getMessage());
                  }
                  return failure == null;
                });
  }
}

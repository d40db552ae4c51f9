package dev.quorate.node;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmRequest.AlarmAction;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.rpc.ServingMember;
import dev.quorate.node.storage.DiskSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the NOSPACE alarm before the disk is full, so that no member puts more on it, and clears
 * it when there is space again. An alarm that somebody else has raised is left alone, as one that
 * this member has raised before it was started again.
 */
final class SpaceWatch {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final long INTERVAL_MILLISECONDS = 500;

  private final ServingMember member;
  private final Path directory;
  private boolean raisedHere;
  private boolean measured = true;
  private CompletableFuture<?> proposal = CompletableFuture.completedFuture(null);

  private SpaceWatch(ServingMember member, Path directory) {
    this.member = member;
    this.directory = directory;
  }

  /** It ends with the timer. */
  static void start(ServingMember member, Path directory, ScheduledExecutorService timer) {
    var watch = new SpaceWatch(member, directory);
    var _ =
        timer.scheduleWithFixedDelay(watch::look, 0, INTERVAL_MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      var space = DiskSpace.of(directory);
      measured = true;
      if (proposal.isDone()) {
        follow(space);
      }
    } catch (IOException e) {
      if (measured) {
        LOG.warn("the space left in {} cannot be measured: {}", directory, e.toString());
        measured = false;
      }
    }
  }

  private void follow(DiskSpace space) {
    boolean raised = member.state().get().members().alarms().contains(alarm());
    if (space.isShort() && !raised) {
      LOG.error(
          "only {} MiB are left on the disk of {}, {} MiB are kept in reserve: raising the NOSPACE"
              + " alarm, nothing is put any more; delete and compact, or make the disk larger",
          space.freeBytes() >> 20,
          directory,
          space.reservedBytes() >> 20);
      raisedHere = true;
      propose(AlarmAction.ACTIVATE);
    } else if (raisedHere && raised && space.isAmple()) {
      LOG.info("{} MiB are left on the disk again: clearing the alarm", space.freeBytes() >> 20);
      propose(AlarmAction.DEACTIVATE);
    } else if (!raised) {
      raisedHere = false;
    }
  }

  private AlarmMember alarm() {
    long self = member.control().identity().memberId();
    return AlarmMember.newBuilder().setMemberID(self).setAlarm(AlarmType.NOSPACE).build();
  }

  private void propose(AlarmAction action) {
    var request =
        AlarmRequest.newBuilder()
            .setAction(action)
            .setMemberID(alarm().getMemberID())
            .setAlarm(AlarmType.NOSPACE);
    proposal =
        member
            .proposals()
            .submit(Command.newBuilder().setAlarm(request))
            .exceptionally(
                failure -> {
                  LOG.warn("the alarm was not changed, trying again: {}", failure.getMessage());
                  return null;
                });
  }
}

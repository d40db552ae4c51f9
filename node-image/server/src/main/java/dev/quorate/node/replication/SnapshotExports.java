package dev.quorate.node.replication;

import dev.quorate.api.snapshot.SnapshotHeader;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.storage.SnapshotArchive;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes the snapshots that clients ask for, one at a time: each holds a copy of the state. */
final class SnapshotExports {
  private final NodeIdentity identity;
  private final Checkpoints checkpoints;
  private final Executor background;
  private final AtomicBoolean taken = new AtomicBoolean();

  SnapshotExports(NodeIdentity identity, Checkpoints checkpoints, Executor background) {
    this.identity = identity;
    this.checkpoints = checkpoints;
    this.background = background;
  }

  CompletableFuture<SnapshotExport> take() {
    if (!taken.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(new ReplicationException(Reason.SNAPSHOT_RUNNING));
    }
    return checkpoints
        .take()
        .thenApplyAsync(this::export, background)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                taken.set(false);
              }
            });
  }

  private SnapshotExport export(StateCopy copy) {
    try {
      var archive = SnapshotArchive.of(copy.directory(), about(copy));
      return SnapshotExport.of(archive, copy.revision(), () -> release(copy));
    } catch (IOException e) {
      copy.close();
      throw new CompletionException(e);
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private void release(StateCopy copy) {
    copy.close();
    taken.set(false);
  }

  private SnapshotHeader about(StateCopy copy) {
    return SnapshotHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .setRevision(copy.revision())
        .setAppliedTerm(copy.snapshot().id().term())
        .setAppliedIndex(copy.snapshot().id().index())
        .addAllMembers(copy.members().list())
        .build();
  }
}

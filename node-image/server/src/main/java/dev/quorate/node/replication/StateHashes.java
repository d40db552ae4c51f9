package dev.quorate.node.replication;

import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.execution.SmallShare;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.replication.ClusterControl.Haste;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.transport.PeerTransport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes of the members' states, for the leader to compare. A member hashes on a background thread,
 * one revision at a time, for it reads the whole state; one more if nobody waits for that.
 */
final class StateHashes {
  private static final Logger LOG = LoggerFactory.getLogger(StateHashes.class);

  private final NodeIdentity identity;
  private final PeerTransport transport;
  private final Reads reads;
  private final Supplier<KvStateMachine> machine;
  private final Execution execution;
  private final Executor background;
  private final AtomicBoolean hashing = new AtomicBoolean();
  private final AtomicBoolean hashingUnhurriedly = new AtomicBoolean();

  StateHashes(
      NodeIdentity identity,
      PeerTransport transport,
      Reads reads,
      Supplier<KvStateMachine> machine,
      Execution execution,
      Executor background) {
    this.identity = identity;
    this.transport = transport;
    this.reads = reads;
    this.machine = machine;
    this.execution = execution;
    this.background = background;
  }

  /** A member's hash at a revision; 0 means the newest. */
  CompletableFuture<StateHash> of(long member, long revision, Haste haste) {
    var request =
        StateHashRequest.newBuilder()
            .setClusterId(identity.clusterId())
            .setRevision(revision)
            .setUnhurried(haste == Haste.UNHURRIED)
            .build();
    return member == identity.memberId() ? answer(request) : transport.hashState(member, request);
  }

  /**
   * This member's hash. First it applies what the leader had committed when it was asked, so that a
   * revision that is not there then is missing.
   */
  CompletableFuture<StateHash> answer(StateHashRequest request) {
    var busy = request.getUnhurried() ? hashingUnhurriedly : hashing;
    if (!busy.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(new ReplicationException(Reason.TOO_MANY_REQUESTS));
    }
    return reads
        .linearizable()
        .thenApplyAsync(_ -> hash(request), background)
        .whenComplete((_, _) -> busy.set(false));
  }

  /**
   * Who cannot read all of its state answers as one who does not have the revision: it differs from
   * the others, whatever they hold.
   */
  private StateHash hash(StateHashRequest request) {
    long revision = request.getRevision();
    try {
      return readHash(revision, request.getUnhurried() ? new SmallShare(execution) : () -> {});
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.DATA_LOST) {
        throw e;
      }
      LOG.error("while the members' states were compared: {}", e.getMessage());
      var state = machine.get();
      return StateHash.newBuilder()
          .setAlgorithm(KvReads.HASH_ALGORITHM)
          .setRevision(revision == 0 ? state.revision() : revision)
          .setCompactRevision(state.compactRevision())
          .setMissing(true)
          .build();
    }
  }

  private StateHash readHash(long revision, Runnable betweenKeys) {
    var answer = StateHash.newBuilder().setAlgorithm(KvReads.HASH_ALGORITHM).setRevision(revision);
    switch (machine.get().reads().hash(revision, betweenKeys)) {
      case ApplyResult.Done(var response, _) -> {
        var hash = (HashKVResponse) response;
        answer
            .setRevision(hash.getHashRevision())
            .setCompactRevision(hash.getCompactRevision())
            .setHash(hash.getHash());
      }
      case ApplyResult.Refused(var error) ->
          answer
              .setMissing(error == KvError.FUTURE_REVISION)
              .setCompacted(error == KvError.COMPACTED);
    }
    return answer.build();
  }
}

package dev.quorate.node.replication;

import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.MembershipContext;
import dev.quorate.api.peer.Fence;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.ProposalResult;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.quorum.MembershipChange;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a membership step: a follower passes it on to its leader, the leader asks the guard
 * and proposes it. While leaders change it is tried again as long as it is surely not done, so that
 * clients wait as with a write; the guard decides every time anew.
 */
final class MembershipSteps {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final NodeIdentity identity;
  private final PeerTransport transport;
  private final PendingProposals pending;
  private final ProposalGateway proposals;
  private final ReadGateway reads;
  private final Mailbox<NodeEvent> nodeMailbox;
  private final StatusBoard board;
  private final ReplicaConfig config;
  private final Execution execution;
  private final Supplier<MemberTable> members;
  private final ReplicationMetrics metrics;

  MembershipSteps(
      NodeIdentity identity,
      PeerTransport transport,
      PendingProposals pending,
      ProposalGateway proposals,
      ReadGateway reads,
      Mailbox<NodeEvent> nodeMailbox,
      StatusBoard board,
      ReplicaConfig config,
      Supplier<MemberTable> members,
      ReplicationMetrics metrics,
      Execution execution) {
    this.identity = identity;
    this.transport = transport;
    this.pending = pending;
    this.proposals = proposals;
    this.reads = reads;
    this.nodeMailbox = nodeMailbox;
    this.board = board;
    this.config = config;
    this.members = members;
    this.metrics = metrics;
    this.execution = execution;
  }

  /** What this member was asked for. */
  CompletableFuture<Long> change(MembershipRequest request) {
    return change(request, execution.nanoTime());
  }

  private CompletableFuture<Long> change(MembershipRequest request, long askedNanos) {
    return attempt(request)
        .exceptionallyCompose(
            failure ->
                mayTryAgain(ReplicationException.reasonOf(failure), askedNanos)
                    ? later().thenCompose(_ -> change(request, askedNanos))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Void> later() {
    var later = new CompletableFuture<Void>();
    execution.after(PAUSE, Runnable::run, () -> later.complete(null));
    return later;
  }

  private boolean mayTryAgain(Reason reason, long askedNanos) {
    boolean leaderless = reason == Reason.LEADER_CHANGED || reason == Reason.NO_LEADER;
    return leaderless && execution.nanoTime() - askedNanos < config.leaderPatience().toNanos();
  }

  private CompletableFuture<Long> attempt(MembershipRequest request) {
    var refusal = board.refusal();
    var raft = board.current().raft();
    if (refusal != null) {
      return failed(refusal);
    }
    if (raft.leads()) {
      return lead(request);
    }
    if (raft.leader() == 0) {
      return failed(Reason.NO_LEADER);
    }
    return transport
        .changeMembership(raft.leader(), encode(request))
        .handle(MembershipSteps::outcome)
        .thenCompose(this::awaitApplied);
  }

  /** The step is done, whatever keeps this member from applying it: it may have been removed. */
  private CompletableFuture<Long> awaitApplied(long configurationIndex) {
    return reads
        .linearizable()
        .handle(
            (_, failure) -> {
              if (failure != null) {
                throw new ReplicationException(Reason.TIMEOUT, failure);
              }
              return configurationIndex;
            });
  }

  /** What another member was asked for and has passed on. */
  CompletableFuture<MembershipStepResult> passedOn(MembershipStep step) {
    var request = decode(step);
    var done =
        board.refusal() == null
            ? lead(request)
            : MembershipSteps.<Long>failed(Reason.LEADER_CHANGED);
    return done.handle(
        (index, failure) ->
            failure == null
                ? MembershipStepResult.newBuilder().setConfigurationIndex(index).build()
                : MembershipStepResult.newBuilder()
                    .setRefused(ReplicationException.reasonOf(failure).name())
                    .build());
  }

  private CompletableFuture<Long> lead(MembershipRequest request) {
    var done = fenced(request);
    return request.change() instanceof MembershipChange.PromoteLearner
        ? done.whenComplete(this::count)
        : done;
  }

  private void count(@Nullable Long configurationIndex, @Nullable Throwable failure) {
    if (failure == null) {
      metrics.learnerPromoted();
      return;
    }
    var reason = ReplicationException.reasonOf(failure);
    if (reason != Reason.LEADER_CHANGED) {
      metrics.learnerNotPromoted(reason.name());
    }
  }

  private CompletableFuture<Long> fenced(MembershipRequest request) {
    var fence = request.fence();
    if (fence != null && fence.fencingEpoch() > members.get().fencingEpoch()) {
      return proposals
          .submit(Command.newBuilder().setFencingEpoch(fence.fencingEpoch()))
          .thenCompose(_ -> propose(request));
    }
    return propose(request);
  }

  private CompletableFuture<Long> propose(MembershipRequest request) {
    long sequence = pending.nextSequence();
    var context =
        MembershipContext.newBuilder()
            .setProposer(identity.memberId())
            .setSequence(sequence)
            .setMember(request.member())
            .build();
    var proposal = pending.add(sequence, Bytes.EMPTY, execution.nanoTime());
    if (proposal == null) {
      return failed(Reason.TOO_MANY_REQUESTS);
    }
    nodeMailbox.put(
        new NodeEvent.Call(
            node -> propose(node, request, Bytes.of(context.toByteArray()), proposal)));
    return proposal.result().thenApply(this::configurationIndex);
  }

  /** On the raft loop. */
  private void propose(
      RaftNode node, MembershipRequest request, Bytes context, PendingProposal proposal) {
    var status = node.status();
    var refusal = MembershipGuard.refusal(status, members.get(), config.maxLearners(), request);
    if (refusal == null) {
      refusal = refusal(node.proposeMembership(request.change(), context));
    }
    if (refusal == null) {
      proposals.proposedOnce(proposal, status.term());
    } else {
      pending.fail(proposal, refusal);
    }
  }

  private static @Nullable Reason refusal(ProposalResult result) {
    return switch (result) {
      case APPENDED, FORWARDED -> null;
      case NO_LEADER, NOT_LEADER, TRANSFERRING -> Reason.LEADER_CHANGED;
      case OVERLOADED -> Reason.TOO_MANY_REQUESTS;
      case CHANGE_PENDING -> Reason.CHANGE_PENDING;
      case INVALID_CHANGE -> Reason.INVALID_CHANGE;
    };
  }

  private long configurationIndex(ApplyResult result) {
    return switch (result) {
      case ApplyResult.Done _ -> members.get().configurationIndex();
      case ApplyResult.Refused _ -> throw new ReplicationException(Reason.INVALID_CHANGE);
    };
  }

  private MembershipStep encode(MembershipRequest request) {
    var step =
        MembershipStep.newBuilder()
            .setClusterId(identity.clusterId())
            .setChange(
                UnsafeByteOperations.unsafeWrap(
                    new MembershipEntry(request.change(), Bytes.EMPTY).encode().array()))
            .setMember(request.member());
    var fence = request.fence();
    if (fence != null) {
      step.setFence(
          Fence.newBuilder()
              .setExpectedConfigurationIndex(fence.expectedConfigurationIndex())
              .setFencingEpoch(fence.fencingEpoch())
              .setTargetVoters(fence.targetVoters()));
    }
    return step.build();
  }

  private static MembershipRequest decode(MembershipStep step) {
    var change = MembershipEntry.decode(Bytes.of(step.getChange().toByteArray())).change();
    var fence = step.getFence();
    return new MembershipRequest(
        change,
        step.getMember(),
        step.hasFence()
            ? new MembershipRequest.Fence(
                fence.getExpectedConfigurationIndex(),
                fence.getFencingEpoch(),
                fence.getTargetVoters())
            : null);
  }

  private static long outcome(@Nullable MembershipStepResult result, @Nullable Throwable failure) {
    if (result == null) {
      throw new ReplicationException(Reason.TIMEOUT_LEADER_FAILED, failure);
    }
    if (!result.getRefused().isEmpty()) {
      throw new ReplicationException(Reason.ofName(result.getRefused()));
    }
    return result.getConfigurationIndex();
  }

  private static <T> CompletableFuture<T> failed(Reason reason) {
    return CompletableFuture.failedFuture(new ReplicationException(reason));
  }
}

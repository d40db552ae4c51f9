package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftConfig;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftTrace;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A follower's proposals, forwarded to a leader that is lost afterwards. */
class ProposalGatewayTest {
  private static final long SELF = 1;
  private static final long FIRST_LEADER = 2;
  private static final long SECOND_LEADER = 3;

  private final RaftNode node =
      new RaftNode(
          RaftConfig.of(SELF, 1, 10, 64 << 20),
          new RestoredState(
              new HardState(1, 0, 1),
              new Snapshot(
                  new EntryId(1, 1),
                  Configuration.ofVoters(List.of(SELF, FIRST_LEADER, SECOND_LEADER))),
              List.of(),
              1),
          new SplittableRandom(1),
          RaftTrace.NONE);
  private final PendingProposals pending = new PendingProposals(10, 1 << 20, 1);
  private final ProposalGateway gateway =
      new ProposalGateway(
          SELF,
          ReplicaConfig.of(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(1), 1),
          pending,
          new Mailbox<>(10),
          new StatusBoard(node.status(), MemberTable.of(List.of(), 1), Runnable::run),
          ReplicationMetrics.NONE,
          new Threads("test"));

  @Test
  void whatALaterTermOvertookIsProposedAgain() {
    var proposal = proposeInTerm2();

    lead(SECOND_LEADER, 3);
    gateway.applied(3);
    gateway.propose(node);

    assertThat(forwarded()).containsExactly(proposal.command());
    assertThat(proposal.result()).isNotDone();
  }

  @Test
  void whatMayBeInsideAnInstalledStateIsNeverProposedAgain() {
    var proposal = proposeInTerm2();

    lead(SECOND_LEADER, 3);
    gateway.stateReplaced(3);
    gateway.applied(3);
    gateway.propose(node);

    assertThat(forwarded()).isEmpty();
    var failure = catchThrowableOfType(CompletionException.class, () -> proposal.result().join());
    assertThat(failure.getCause())
        .isInstanceOfSatisfying(
            ReplicationException.class,
            cause -> assertThat(cause.reason()).isEqualTo(Reason.TIMEOUT_LEADER_FAILED));
  }

  @Test
  void whatIsAppliedAndHasMoreToDoIsNeitherProposedAgainNorGivenUp() {
    var proposal = proposeInTerm2();
    pending.applied(proposal.sequence());

    lead(SECOND_LEADER, 3);
    gateway.applied(3);
    gateway.propose(node);
    gateway.expire(System.nanoTime() + Duration.ofHours(1).toNanos(), 3);

    assertThat(forwarded()).isEmpty();
    assertThat(proposal.result()).isNotDone();
    assertThat(pending.take(proposal.sequence())).isEqualTo(proposal);
  }

  private PendingProposal proposeInTerm2() {
    lead(FIRST_LEADER, 2);
    var command = Bytes.of(new byte[] {1, 2, 3});
    var proposal = Objects.requireNonNull(pending.add(1, command, System.nanoTime()));
    gateway.gather(proposal);
    gateway.propose(node);
    assertThat(forwarded()).containsExactly(proposal.command());
    return proposal;
  }

  private void lead(long leader, long term) {
    node.step(new Message.Heartbeat(leader, SELF, term, 1, 0));
    forwarded();
  }

  private List<Bytes> forwarded() {
    return node.ready().sendNow().stream()
        .filter(Message.ForwardProposals.class::isInstance)
        .map(Message.ForwardProposals.class::cast)
        .flatMap(message -> message.proposals().stream())
        .toList();
  }
}

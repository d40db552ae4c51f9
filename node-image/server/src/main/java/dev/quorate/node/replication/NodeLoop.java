package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.LogTask.Installation;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftStatus;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raft loop: the one thread that owns the core. A turn takes everything that waits, lets the
 * core see it, and routes what the core wants; it never touches a disk.
 */
final class NodeLoop {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);

  private final RaftNode node;
  private final ReadyHandler handler;
  private final ProposalGateway proposals;
  private final ReadGateway reads;
  private final LeadershipTransfers transfers;
  private final StatusBoard board;
  private final Supplier<MemberTable> members;
  private final ReplicationMetrics metrics;
  private final Execution execution;
  private final long tickNanos;
  private final long heartbeatNanos;

  private long nextTickNanos;
  private long lastLeader;
  private boolean diskStalled;

  /** As the apply loop reports it; the core counts a snapshot as applied before it is installed. */
  private long appliedIndex;

  NodeLoop(
      RaftNode node,
      ReadyHandler handler,
      ProposalGateway proposals,
      ReadGateway reads,
      LeadershipTransfers transfers,
      StatusBoard board,
      Supplier<MemberTable> members,
      ReplicationMetrics metrics,
      ReplicaConfig config,
      Execution execution) {
    this.node = node;
    this.handler = handler;
    this.proposals = proposals;
    this.reads = reads;
    this.transfers = transfers;
    this.board = board;
    this.members = members;
    this.metrics = metrics;
    this.execution = execution;
    this.tickNanos = config.tick().toNanos();
    this.heartbeatNanos = config.heartbeatInterval().toNanos();
    this.appliedIndex = node.status().appliedIndex();
    this.nextTickNanos = execution.nanoTime() + tickNanos;
  }

  long nextTickNanos() {
    return nextTickNanos;
  }

  void turn(List<NodeEvent> events) {
    long nowNanos = execution.nanoTime();
    boolean ticked = nowNanos - nextTickNanos >= 0;
    if (ticked) {
      lookAtLateness(nowNanos);
      node.tick();
      // Ticks missed while the process stood still are not made up for: the peers' messages that
      // waited meanwhile must be seen first.
      nextTickNanos = Math.max(nextTickNanos + tickNanos, nowNanos);
    }
    for (var event : events) {
      accept(event);
    }
    proposals.propose(node);
    reads.request(node, nowNanos);
    routeReady();
    publish(nowNanos, ticked);
  }

  /** The loop is where heartbeats come from: when it stood still, they are late. */
  private void lookAtLateness(long nowNanos) {
    if (nowNanos - nextTickNanos > heartbeatNanos) {
      var status = node.status();
      if (status.leads() && status.configuration().voters().size() > 1) {
        metrics.heartbeatLate();
      }
    }
  }

  private void accept(NodeEvent event) {
    switch (event) {
      case NodeEvent.Received(var messages) -> messages.forEach(node::step);
      case NodeEvent.PeerLost(var peer) -> node.peerLost(peer);
      case NodeEvent.Persisted(var id) -> node.persisted(id);
      case NodeEvent.Applied(var id) -> {
        appliedIndex = id.index();
        node.applied(appliedIndex);
        proposals.applied(id.term());
        reads.applied(id.index());
      }
      case NodeEvent.Installed(var id) -> {
        appliedIndex = id.index();
        node.applied(appliedIndex);
        proposals.stateReplaced(id.term());
        reads.applied(id.index());
      }
      case NodeEvent.Call(var action) -> action.accept(node);
      case PendingProposal proposal -> proposals.gather(proposal);
      case PendingRead read -> reads.gather(read);
    }
  }

  private void routeReady() {
    while (node.hasReady()) {
      handler.handle(node.ready(), node.status().term(), appliedIndex);
    }
  }

  /** A whole state has been received: the core decides whether it is wanted. */
  void offer(Message.InstallSnapshot message, Installation installation) {
    routeReady();
    handler.offer(installation);
    node.step(message);
    routeReady();
    if (handler.withdrawOffer()) {
      installation.durable().complete(false);
    }
  }

  private void publish(long nowNanos, boolean ticked) {
    RaftStatus status = node.status();
    if (ticked) {
      proposals.expire(nowNanos, status.term());
      reads.expire(nowNanos, status.leader());
      reads.retry(node, status, nowNanos);
      transfers.check(status, nowNanos);
      lookAtDisk(status.diskStalls());
      routeReady();
    }
    if (status.leader() != 0 && status.leader() != lastLeader) {
      lastLeader = status.leader();
      metrics.leaderChanged();
    }
    board.publish(status, members.get());
  }

  private void lookAtDisk(boolean stalls) {
    if (stalls) {
      proposals.diskStalls();
      reads.failAll(Reason.DISK_STALLS);
      if (!diskStalled) {
        metrics.diskStalled();
        LOG.warn("the log's disk stands still and a majority goes on: clients are refused here");
      }
    } else if (diskStalled) {
      LOG.info("the log's disk goes on");
    }
    diskStalled = stalls;
  }
}

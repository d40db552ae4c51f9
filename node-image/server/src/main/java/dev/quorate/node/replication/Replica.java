package dev.quorate.node.replication;

import dev.quorate.api.peer.StateHash;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RestoredState;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running member of a cluster: the core, its three loops and the gateways into them, put
 * together. See the package's comment for the way of a write through it.
 */
public final class Replica implements ClusterControl {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
  private static final Duration LIVENESS_PATIENCE = Duration.ofSeconds(30);

  /** Where the callbacks of linearizable reads run, and read the state. */
  private static final int READERS = 2;

  private final NodeIdentity identity;
  private final ReplicaConfig config;
  private final PeerTransport transport;
  private final ReplicaListener listener;
  private final Execution execution;

  /** For flushes, transfers of states and listeners: rare, and slow ones do not meet. */
  private final Executor background;

  private final Mailboxes mailboxes;
  private final PendingProposals pending;
  private final StatusBoard board;
  private final ProposalGateway proposals;
  private final ReadGateway reads;
  private final MembershipSteps membershipSteps;
  private final LeadershipTransfers transfers;
  private final SnapshotReceiver snapshotReceiver;
  private final SnapshotExports snapshotExports;
  private final StateHashes stateHashes;
  private final Applier applier;
  private final LogWriter logWriter;
  private final LeaseQuestions leases;
  private final ReplicaLoops loops;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean removed = new AtomicBoolean();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  /**
   * Starts the loops on what the disk holds. The replica owns the storages and the transport from
   * now on and closes them in {@link #stop}, or at once if this fails.
   *
   * @throws IOException if the disk cannot be read or written
   */
  public static Replica start(ReplicaParts parts, ReplicaListener listener) throws IOException {
    StateStorage storage = null;
    try {
      storage = parts.home().open();
      var machine = new KvStateMachine(storage);
      var restored = LogRecovery.restore(parts.log(), machine.appliedSnapshot());
      var replica =
          new Replica(parts, restored, new Applier.State(parts.home(), storage, machine), listener);
      replica.start();
      return replica;
    } catch (IOException | RuntimeException e) {
      if (storage != null) {
        storage.close();
      }
      parts.log().close();
      throw e;
    }
  }

  private Replica(
      ReplicaParts parts, RestoredState restored, Applier.State state, ReplicaListener listener) {
    this.identity = parts.identity();
    this.config = parts.config();
    this.transport = parts.transport();
    this.listener = listener;
    long self = identity.memberId();
    execution = parts.execution();
    var random = execution.random();
    var metrics = parts.metrics();
    var readers = execution.workers("read", READERS);
    background = execution.workers("background", Integer.MAX_VALUE);
    mailboxes = Mailboxes.of(config);
    var node = CoreStart.of(config, identity, restored, random);
    pending =
        new PendingProposals(
            config.maxPendingProposals(), config.maxPendingBytes(), random.nextLong());
    board = new StatusBoard(node.status(), state.machine().members(), background);
    proposals =
        new ProposalGateway(self, config, pending, mailboxes.node(), board, metrics, execution);
    reads =
        new ReadGateway(
            config,
            mailboxes.node(),
            board,
            execution,
            readers,
            metrics,
            random.nextLong(1L << 62));
    transfers = new LeadershipTransfers(self, config.electionTimeout().multipliedBy(2), execution);
    var shortening = new LogShortening(config, background, mailboxes, this::fail);
    applier = newApplier(parts, state, shortening);
    logWriter = new LogWriter(parts.log(), transport, mailboxes, metrics, execution);
    var checkpoints = new Checkpoints(parts.home(), mailboxes.apply(), applier::flush, background);
    snapshotExports = new SnapshotExports(identity, checkpoints, background);
    var snapshotSender =
        new SnapshotSender(checkpoints, transport, mailboxes, shortening, execution, background);
    var handler = new ReadyHandler(transport, mailboxes, logWriter, reads, snapshotSender);
    var nodeLoop = newNodeLoop(node, handler, metrics);
    snapshotReceiver =
        new SnapshotReceiver(
            parts.home(), (message, installation) -> offer(nodeLoop, message, installation));
    membershipSteps = newMembershipSteps(metrics);
    stateHashes = new StateHashes(identity, transport, reads, this::machine, execution, background);
    leases = newLeaseQuestions();
    var leaseLoop = newLeaseLoop(metrics);
    loops =
        new ReplicaLoops(execution, mailboxes, nodeLoop, logWriter, applier, leaseLoop, this::fail);
  }

  private Applier newApplier(ReplicaParts parts, Applier.State state, LogShortening shortening) {
    return new Applier(
        identity.memberId(),
        state,
        pending,
        mailboxes,
        new Peers(identity.memberId(), transport),
        shortening,
        parts.metrics(),
        parts.changes(),
        parts.logins(),
        execution);
  }

  private NodeLoop newNodeLoop(RaftNode node, ReadyHandler handler, ReplicationMetrics metrics) {
    return new NodeLoop(
        node,
        handler,
        proposals,
        reads,
        transfers,
        board,
        () -> machine().members(),
        metrics,
        config,
        execution);
  }

  private LeaseQuestions newLeaseQuestions() {
    return new LeaseQuestions(
        identity, config, transport, mailboxes.lease(), board, execution, background);
  }

  private LeaseLoop newLeaseLoop(ReplicationMetrics metrics) {
    board.listen(_ -> mailboxes.lease().put(new LeaseEvent.LookAgain()));
    return new LeaseLoop(
        config, mailboxes.lease(), proposals, reads, board, this::machine, metrics, execution);
  }

  private MembershipSteps newMembershipSteps(ReplicationMetrics metrics) {
    return new MembershipSteps(
        identity,
        transport,
        pending,
        proposals,
        reads,
        mailboxes.node(),
        board,
        config,
        () -> machine().members(),
        metrics,
        execution);
  }

  private void offer(
      NodeLoop nodeLoop, Message.InstallSnapshot message, LogTask.Installation installation) {
    mailboxes.node().put(new NodeEvent.Call(_ -> nodeLoop.offer(message, installation)));
  }

  private void start() {
    transport.start(identity.clusterId(), identity.memberId(), receiver());
    applier.announceMembers();
    loops.start();
  }

  public Proposals proposals() {
    return proposals;
  }

  public Reads reads() {
    return reads;
  }

  public Leases leases() {
    return leases;
  }

  /**
   * The state of this member. Ask anew for every request: it is another one after the leader has
   * sent its state.
   */
  public KvStateMachine machine() {
    return applier.machine();
  }

  /** How many clients wait for the outcome of their writes. */
  public int pendingProposals() {
    return pending.size();
  }

  @Override
  public NodeIdentity identity() {
    return identity;
  }

  @Override
  public ReplicaStatus status() {
    return board.current();
  }

  @Override
  public CompletableFuture<Long> changeMembership(MembershipRequest request) {
    return membershipSteps.change(request);
  }

  @Override
  public CompletableFuture<Long> transferLeadership(long target) {
    var done = new CompletableFuture<Long>();
    mailboxes.node().put(new NodeEvent.Call(node -> transfers.begin(node, target, done)));
    // The raft loop bounds it sooner, unless it has failed.
    execution.after(
        config.requestTimeout(),
        background,
        () -> done.completeExceptionally(new ReplicationException(Reason.TIMEOUT)));
    return done;
  }

  @Override
  public CompletableFuture<SnapshotExport> snapshot() {
    return snapshotExports.take();
  }

  @Override
  public CompletableFuture<StateHash> stateHash(long member, long revision, Haste haste) {
    return stateHashes.of(member, revision, haste);
  }

  @Override
  public Runnable onStatusChange(Consumer<ReplicaStatus> listener) {
    return board.listen(listener);
  }

  /** How long this member waits for its leader at the least, as it is now. */
  public Duration electionTimeout() {
    return config.tick().multipliedBy(board.current().raft().electionTimeoutTicks());
  }

  /** Whether all loops have turned lately: what liveness means. */
  public boolean loopsTurn() {
    return !failed.get() && loops.turn(LIVENESS_PATIENCE);
  }

  /**
   * Hands leadership over and waits until that is confirmed (bounded); then refuses new work,
   * finishes what was accepted (bounded), syncs and closes everything.
   */
  public CompletableFuture<Void> stop() {
    if (stopping.compareAndSet(false, true)) {
      Thread.ofPlatform().name("quorate-stop").start(this::stopNow);
    }
    return stopped;
  }

  private void stopNow() {
    try {
      board.stopping();
      handOver();
      board.refuse(Reason.STOPPED);
      finishAccepted();
      close();
      stopped.complete(null);
    } catch (IOException | InterruptedException | RuntimeException e) {
      stopped.completeExceptionally(e);
    } finally {
      execution.close();
    }
  }

  private void handOver() {
    var raft = board.current().raft();
    if (failed.get() || !raft.leads() || raft.configuration().voters().size() < 2) {
      return;
    }
    try {
      long leader = transferLeadership(0).join();
      LOG.info("leadership is with member {} now", Long.toHexString(leader));
    } catch (CompletionException e) {
      LOG.warn("leadership was not handed over, the others will elect: {}", e.getMessage());
    }
  }

  private void finishAccepted() {
    if (failed.get()) {
      return;
    }
    var readsDone = new CompletableFuture<CompletableFuture<Void>>();
    mailboxes.node().put(new NodeEvent.Call(_ -> readsDone.complete(reads.drained())));
    CompletableFuture.allOf(pending.drained(), readsDone.thenCompose(done -> done))
        .completeOnTimeout(null, config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .handle((_, _) -> null)
        .join();
    pending.failAll(Reason.TIMEOUT);
  }

  private void close() throws IOException, InterruptedException {
    boolean ended = loops.finish(config.requestTimeout());
    transport.close();
    if (!ended) {
      throw new IOException("a loop did not end: the disk may be stuck; nothing more is written");
    }
    if (!failed.get()) {
      logWriter.close();
      applier.close();
    }
  }

  /** Whatever a loop throws: serve nothing more, tell those who wait, and have the process end. */
  private void fail(Throwable cause) {
    if (!failed.compareAndSet(false, true)) {
      return;
    }
    LOG.error("member {} stops at once", Long.toHexString(identity.memberId()), cause);
    board.refuse(Reason.STOPPED);
    transport.close();
    pending.failAll(Reason.TIMEOUT);
    mailboxes.node().put(new NodeEvent.Call(_ -> reads.failAll(Reason.TIMEOUT)));
    mailboxes.close();
    listener.failed(ReplicaFault.of(cause));
  }

  private PeerReceiver receiver() {
    return new PeerDeliveries(
        mailboxes.node(),
        board,
        () -> machine().members(),
        membershipSteps,
        leases,
        stateHashes,
        snapshotReceiver,
        this::removedByPeer);
  }

  private void removedByPeer(long peer) {
    if (!stopping.get() && removed.compareAndSet(false, true)) {
      LOG.warn(
          "member {} was removed from cluster {} for good, says member {}",
          Long.toHexString(identity.memberId()),
          Long.toHexString(identity.clusterId()),
          Long.toHexString(peer));
      listener.removed();
    }
  }
}

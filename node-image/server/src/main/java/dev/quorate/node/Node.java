package dev.quorate.node;

import dev.quorate.api.admin.NodeStatus;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.metrics.NodeMetrics;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.replication.Replica;
import dev.quorate.node.replication.ReplicaConfig;
import dev.quorate.node.replication.ReplicaFault;
import dev.quorate.node.replication.ReplicaParts;
import dev.quorate.node.rpc.LeaderLoss;
import dev.quorate.node.rpc.NodeControl;
import dev.quorate.node.rpc.ServingMember;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.transport.grpc.GrpcPeerService;
import dev.quorate.node.transport.grpc.GrpcPeerTransport;
import dev.quorate.node.transport.grpc.PeerNetwork;
import dev.quorate.node.watch.WatchHub;
import dev.quorate.node.watch.WatchSettings;
import io.grpc.ChannelCredentials;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node from its start to its end: finds out what its disk says it is, becomes a member of a
 * cluster when it is told to, and puts the running parts together. See {@link NodeLife} for its
 * states.
 */
final class Node implements NodeControl {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeConfig config;
  private final ChannelCredentials towardsPeers;
  private final EventLoopGroup eventLoops;
  private final NodeListener listener;
  private final NodeLife life = new NodeLife();
  private final Fence fence = new Fence(life);
  private final StateComparisons comparisons = new StateComparisons(life::touched);
  private final GrpcPeerService peerService = new GrpcPeerService();

  /** Where the steps of the node's life are taken, one after the other. */
  private final ExecutorService steps =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("node-life").factory());

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-timer").factory());

  private final ManagedStart managedStart = new ManagedStart(this, steps);
  private final SpaceWatch space;
  private final WatchHub watches;
  private final NodeMetrics metrics;
  private @Nullable MemberData data;
  private volatile @Nullable Founder founder;
  private volatile @Nullable MemberEnd memberEnd;
  private volatile @Nullable NodeIdentity identity;
  private volatile @Nullable Replica replica;
  private volatile @Nullable ServingMember serving;

  /**
   * A node that has not looked at its data yet.
   *
   * @param towardsPeers for connections to https peers
   */
  Node(
      NodeConfig config,
      ChannelCredentials towardsPeers,
      EventLoopGroup eventLoops,
      NodeListener listener) {
    this.config = config;
    this.towardsPeers = towardsPeers;
    this.eventLoops = eventLoops;
    this.listener = listener;
    this.space = new SpaceWatch(config.dataDirectory());
    this.watches =
        new WatchHub(
            WatchSettings.of(config.watchProgressInterval(), config.limits().maxMessageBytes()),
            new Threads(""));
    this.metrics = NodeServices.metrics(this);
  }

  @Nullable MemberData data() {
    return data;
  }

  @Nullable NodeIdentity identity() {
    return identity;
  }

  NodeConfig config() {
    return config;
  }

  NodeLife life() {
    return life;
  }

  NodeMetrics metrics() {
    return metrics;
  }

  WatchHub watches() {
    return watches;
  }

  GrpcPeerService peerService() {
    return peerService;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** The member that serves clients; null while there is none, or none with a state. */
  @Nullable ServingMember serving() {
    ServingMember member = serving;
    return member != null && member.hasState() ? member : null;
  }

  @Nullable Replica replica() {
    return replica;
  }

  boolean loopsTurn() {
    Replica running = replica;
    return running == null || running.loopsTurn();
  }

  /**
   * Looks at the data directory and goes on with what is there; without data it waits, founds a
   * cluster or joins one, as the flags say.
   */
  void open() throws StartException {
    try {
      MemberData opened = MemberData.open(config.dataDirectory(), this::stateFailed);
      data = opened;
      Logs.sayHello(config);
      NodeIdentity known = opened.identity();
      identity = known;
      opened.requireSound();
      if (known != null) {
        goOn(known, opened);
      } else if (config.managed()) {
        life.idle();
        LOG.info(
            "idle: no data in {}; waiting for Admin.Bootstrap or Admin.Join",
            config.dataDirectory());
      } else {
        switch (config.initialClusterState()) {
          case NEW -> foundWhenAllowed(opened);
          case EXISTING -> joined(opened, newcomer().joining());
        }
      }
    } catch (StorageException e) {
      refuse(e);
    }
  }

  /** Damage keeps the process up, to be told and replaced; with everything else it cannot start. */
  private void refuse(StorageException problem) throws StartException {
    String message = String.valueOf(problem.getMessage());
    switch (problem.kind()) {
      case DATA_LOST -> dataLost(message);
      case FORMAT_TOO_NEW -> {
        if (!config.managed()) {
          throw new StartException(message);
        }
        pauseWith(NodeFault.FORMAT_TOO_NEW, message);
      }
      case FOREIGN, IN_USE, UNUSABLE -> throw new StartException(message);
    }
  }

  private void pauseWith(NodeFault fault, String message) {
    LOG.error("{}: this member serves nobody: {}", fault, message);
    life.paused(fault, message);
  }

  private void foundWhenAllowed(MemberData empty) throws StartException {
    var asks =
        new Founder(
            newcomer().founding(),
            life,
            timer,
            steps,
            new Founder.Founding() {
              @Override
              public void found(Founders founders) throws StartException {
                founder = null;
                Node.this.found(empty, founders);
              }

              @Override
              public void failed(String why) {
                listener.cannotStart(why);
              }
            });
    founder = asks;
    asks.ask();
  }

  /** What this node would found with others; null if it does not wait for that. */
  @Nullable Founders waitingFounders() {
    Founder asks = founder;
    return asks == null ? null : asks.founders();
  }

  void found(MemberData empty, Founders founders) throws StartException {
    NodeIdentity founded = founders.self();
    LOG.info(
        "founding cluster {} as member {}",
        Long.toHexString(founded.clusterId()),
        Long.toHexString(founded.memberId()));
    var opened = empty.found(founded, config.name(), founders.members());
    identity = founded;
    run(founded, opened);
  }

  Newcomer newcomer() {
    return new Newcomer(config, towardsPeers, eventLoops);
  }

  void joined(MemberData empty, NodeIdentity joined) throws StartException {
    LOG.info(
        "joining cluster {} as member {}",
        Long.toHexString(joined.clusterId()),
        Long.toHexString(joined.memberId()));
    var opened = empty.join(joined, config.name());
    identity = joined;
    run(joined, opened);
  }

  /** Is what its data says. */
  void goOn(NodeIdentity known, MemberData opened) throws StartException {
    identity = known;
    run(known, opened.open());
  }

  private void run(NodeIdentity member, MemberData.Opened opened) throws StartException {
    var transport =
        new GrpcPeerTransport(
            new PeerNetwork(
                NodeUrl.toStrings(config.advertisePeerUrls()),
                towardsPeers,
                eventLoops,
                Sockets.HERE.clients()),
            peerService,
            metrics.peers());
    var timings =
        ReplicaConfig.of(
            Duration.ofMillis(config.heartbeatMilliseconds()),
            Duration.ofMillis(config.electionTimeoutMilliseconds()),
            Duration.ofMillis(config.minElectionTimeoutMilliseconds()),
            config.maxLearners());
    var auth = config.auth().tokens();
    var end = new MemberEnd(this, member, timings.requestTimeout(), listener);
    memberEnd = end;
    Replica started;
    try {
      started =
          Replica.start(
              new ReplicaParts(
                  member,
                  timings,
                  opened.log(),
                  opened.home(),
                  transport,
                  metrics,
                  watches,
                  auth,
                  new Threads(Long.toHexString(member.memberId()))),
              end);
    } catch (IOException e) {
      throw new StartException(
          "cannot read the data in %s (%s): check the disk, or replace this member"
              .formatted(config.dataDirectory(), e.getMessage()));
    }
    replica = started;
    var ready = ServingMember.of(started, watches);
    if (config.checks().initial()) {
      InitialCheck.run(ready, timings.requestTimeout(), () -> started.stop().join());
    }
    serving = ready;
    life.running();
    var _ = started.onStatusChange(_ -> statusChanged(ready));
    LeaderLoss.watch(started, timer, timings.electionTimeout(), watches::leaderLost);
    MemberDuties.start(config, ready, space, timer);
    end.runs();
  }

  private void statusChanged(ServingMember member) {
    fence.follow(member.control()::status, this::refuseClients, () -> serving = member);
    life.touched();
  }

  void refuseClients() {
    serving = null;
    watches.endAll();
  }

  /** A read or write of the state has failed; who asked for it may be a client. */
  private void stateFailed(StorageException failure) {
    MemberEnd end = memberEnd;
    if (end != null) {
      end.failed(ReplicaFault.of(failure));
    }
  }

  /** For good: not even a new process trusts this data, even if it reads well the next time. */
  void dataLost(String message) {
    if (!fence.closeForGood()) {
      return;
    }
    refuseClients();
    MemberData damaged = data;
    if (damaged != null) {
      damaged.markLost(message);
    }
    if (life.now().state() != NodeState.TERMINATED) {
      pauseWith(NodeFault.DATA_LOST, message);
    }
    var _ =
        stop()
            .whenComplete(
                (_, _) -> {
                  replica = null;
                  life.touched();
                });
  }

  /** The member ends and the node stays up to tell why. */
  void pauseMember(NodeFault fault, String message) {
    var _ =
        stop()
            .whenComplete(
                (_, _) -> {
                  replica = null;
                  pauseWith(fault, message);
                });
  }

  @Override
  public NodeStatus status() {
    return NodeStatusReport.of(life.now(), config.name(), identity, replica, comparisons, space);
  }

  @Override
  public void compareState(ServingMember leader, long memberId, long token) {
    comparisons.begin(leader, memberId, token);
  }

  @Override
  public Runnable onChange(Runnable listener) {
    return life.onChange(listener);
  }

  @Override
  public CompletableFuture<Void> bootstrap(long clusterId) {
    return managedStart.bootstrap(clusterId);
  }

  @Override
  public CompletableFuture<Void> join(long clusterId, long memberId, List<String> peerUrls) {
    return managedStart.join(clusterId, memberId, peerUrls);
  }

  /** Ends what was begun in {@link #open}; leadership is handed over before. */
  CompletableFuture<Void> stop() {
    Replica running = replica;
    return running == null ? CompletableFuture.completedFuture(null) : running.stop();
  }

  /** Lets go of the data directory; nothing of the node is used any more then. */
  void close() {
    watches.close();
    steps.shutdownNow();
    timer.shutdownNow();
    MemberData opened = data;
    if (opened != null) {
      opened.close();
    }
  }
}

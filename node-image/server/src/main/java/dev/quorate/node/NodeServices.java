package dev.quorate.node;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.auth.PasswordHashing;
import dev.quorate.node.http.HealthEndpoint;
import dev.quorate.node.http.HttpEndpoints;
import dev.quorate.node.metrics.MemberGauges;
import dev.quorate.node.metrics.NodeCondition;
import dev.quorate.node.metrics.NodeMetrics;
import dev.quorate.node.metrics.StoreGauges;
import dev.quorate.node.replication.Replica;
import dev.quorate.node.rpc.AccessControl;
import dev.quorate.node.rpc.AdminService;
import dev.quorate.node.rpc.AuthService;
import dev.quorate.node.rpc.CallerInterceptor;
import dev.quorate.node.rpc.ClusterService;
import dev.quorate.node.rpc.Contests;
import dev.quorate.node.rpc.ElectionService;
import dev.quorate.node.rpc.HeapBudget;
import dev.quorate.node.rpc.KvLimits;
import dev.quorate.node.rpc.KvService;
import dev.quorate.node.rpc.LeaderRequirement;
import dev.quorate.node.rpc.LeaseService;
import dev.quorate.node.rpc.LockService;
import dev.quorate.node.rpc.MaintenanceService;
import dev.quorate.node.rpc.Passwords;
import dev.quorate.node.rpc.ReadThreads;
import dev.quorate.node.rpc.WatchService;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** What a node offers on its ports. */
final class NodeServices implements AutoCloseable {
  private static final long HEALTH_READ_MILLISECONDS = 2000;

  private final Node node;
  private final NodeTls tls;
  private final KvLimits limits;
  private final AccessControl access;
  private final PasswordHashing hashing;
  private final ReadThreads readThreads;
  private final ExecutorService httpThreads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  private final SecureRandom leaseIds = new SecureRandom();

  NodeServices(Node node, NodeTls tls) {
    this.node = node;
    this.tls = tls;
    limits = node.config().limits().kv();
    var auth = node.config().auth();
    access = AccessControl.with(auth.tokens(), auth.certificatesNameUsers());
    hashing = new PasswordHashing(auth.bcryptCost());
    readThreads = new ReadThreads(limits);
  }

  static NodeMetrics metrics(Node node) {
    return new NodeMetrics(
        Versions.product(),
        Versions.ETCD_API,
        Versions.ETCD_CLUSTER,
        () -> condition(node.life().now()),
        () -> gauges(node),
        () -> storeGauges(node),
        node.watches()::gauges);
  }

  List<BindableService> forClients() {
    var passwords = new Passwords(hashing, node.config().auth().tokens());
    var contests = new Contests(node::serving, access, limits, readThreads, this::newLeaseId);
    return Stream.of(
            new KvService(node::serving, access, limits, readThreads),
            new WatchService(node::serving, access),
            new AuthService(node::serving, access, passwords),
            new ClusterService(node::serving, access),
            new MaintenanceService(node::serving, access, Versions.ETCD_API, limits, readThreads),
            new LeaseService(node::serving, access, limits, readThreads, this::newLeaseId),
            new LockService(contests),
            new ElectionService(contests))
        .map(this::knowingItsCallers)
        .toList();
  }

  private long newLeaseId() {
    return leaseIds.nextLong(1, Long.MAX_VALUE);
  }

  private BindableService knowingItsCallers(BindableService service) {
    var interceptor = new CallerInterceptor(node::serving, access);
    return () -> ServerInterceptors.intercept(service, interceptor);
  }

  /** What stands before all services for clients. */
  ServerInterceptor beforeClients() {
    return new LeaderRequirement(node::serving);
  }

  /** What answers may take, in whatever form they leave. */
  HeapBudget answerHeap() {
    return readThreads.heap();
  }

  List<BindableService> forPeers() {
    return List.of(
        node.peerService(),
        new AdminService(new TlsTellingNode(node, tls), node::serving, node.timer()),
        new PeerClusterService(
            new ClusterService(node::serving, AccessControl.none()), node::waitingFounders));
  }

  HttpEndpoints http() {
    var health =
        new HealthEndpoint(
            new NodeHealth(node.life(), node::serving, node::loopsTurn),
            HEALTH_READ_MILLISECONDS,
            node.metrics()::healthChecked);
    return new HttpEndpoints(
        health, node.metrics()::text, Versions.ETCD_API, Versions.ETCD_CLUSTER, httpThreads);
  }

  Executor httpThreads() {
    return httpThreads;
  }

  static NodeCondition condition(NodeLife.Now now) {
    return new NodeCondition(
        now.state().name(),
        Arrays.stream(NodeState.values()).map(Enum::name).toList(),
        now.fault() == NodeFault.NONE ? "" : now.fault().name());
  }

  private static MemberGauges gauges(Node node) {
    Replica running = node.replica();
    if (running == null) {
      return MemberGauges.NOTHING;
    }
    var raft = running.status().raft();
    var machine = running.machine();
    return new MemberGauges(
        raft.id(),
        raft.leader(),
        raft.leads(),
        raft.configuration().learners().contains(raft.id()),
        raft.term(),
        running.electionTimeout().toMillis(),
        raft.committedIndex(),
        raft.appliedIndex(),
        running.pendingProposals(),
        machine.databaseSizeBytes(),
        Math.max(0, node.config().limits().quotaBytes()),
        machine.members().list().stream().map(Member::getID).toList());
  }

  private static StoreGauges storeGauges(Node node) {
    Replica running = node.replica();
    if (running == null) {
      return StoreGauges.NOTHING;
    }
    var machine = running.machine();
    var counts = machine.reads().counts();
    return new StoreGauges(
        counts.ranges(),
        counts.puts(),
        counts.deletes(),
        counts.transactions(),
        counts.putBytes(),
        counts.compactedKeys(),
        machine.revision(),
        machine.compactRevision(),
        machine.auth().revision());
  }

  @Override
  public void close() {
    readThreads.close();
    hashing.close();
    httpThreads.shutdownNow();
  }
}

package dev.quorate.operator.benchmark;

import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.RaftRole;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one cluster, all healthy: what they know is agreed by decree, and each change is
 * told on every status stream.
 */
final class SimulatedCluster {
  private static final long TERM = 2;

  /** One entry of the configuration. */
  private static final class Entry {
    final long id;
    final String peerUrl;
    boolean learner;

    Entry(long id, String peerUrl, boolean learner) {
      this.id = id;
      this.peerUrl = peerUrl;
      this.learner = learner;
    }
  }

  /** One node that runs. */
  private static final class Node {
    final @Nullable MemberCertificates certificates;
    final List<ServerCallStreamObserver<NodeStatus>> streams = new ArrayList<>();
    long clusterId;
    long memberId;

    Node(@Nullable MemberCertificates certificates) {
      this.certificates = certificates;
    }
  }

  private final String version;
  private final Consumer<String> onReady;
  private final Map<String, Node> nodes = new TreeMap<>();
  private final List<Entry> configuration = new ArrayList<>();
  private long index = 1;
  private long nextId = 1000;

  /**
   * @param onReady is told the host of a node that would answer its readiness probe
   */
  SimulatedCluster(String version, Consumer<String> onReady) {
    this.version = version;
    this.onReady = onReady;
  }

  /** Its container starts, on an empty volume. */
  synchronized void start(String host, @Nullable MemberCertificates certificates) {
    nodes.put(host, new Node(certificates));
  }

  synchronized void stop(String host) {
    nodes.remove(host);
  }

  synchronized NodeStatus status(String host) {
    var node = node(host);
    var status = NodeStatus.newBuilder().setName(name(host)).setVersion(version);
    if (node.certificates != null) {
      status.setClientTls(node.certificates.toClients()).setPeerTls(node.certificates.toPeers());
    }
    if (node.memberId == 0) {
      return status
          .setState(NodeState.IDLE)
          .setReason("no data yet: waits for Admin.Bootstrap or Admin.Join")
          .build();
    }
    long leader = configuration.getFirst().id;
    boolean leads = node.memberId == leader;
    status
        .setState(NodeState.RUNNING)
        .setClusterId(node.clusterId)
        .setMemberId(node.memberId)
        .setRole(leads ? RaftRole.LEADER : followerRole(node.memberId))
        .setLeaderId(leader)
        .setTerm(TERM)
        .setCommittedIndex(index)
        .setAppliedIndex(index)
        .setConfigurationIndex(index);
    configuration.forEach(entry -> status.addMembers(member(entry)));
    return status.build();
  }

  private RaftRole followerRole(long id) {
    return configuration.stream().anyMatch(entry -> entry.id == id && entry.learner)
        ? RaftRole.LEARNER
        : RaftRole.FOLLOWER;
  }

  private MemberStatus member(Entry entry) {
    var node = nodes.get(host(entry.peerUrl));
    boolean started = node != null && node.memberId == entry.id;
    var member =
        MemberStatus.newBuilder()
            .setId(entry.id)
            .addPeerUrls(entry.peerUrl)
            .setLearner(entry.learner)
            .setMatchIndex(started ? index : 0)
            .setRecentlyActive(started)
            .setCaughtUp(started);
    if (started) {
      var host = host(entry.peerUrl);
      member.setName(name(host)).addClientUrls("https://" + host);
    }
    return member.build();
  }

  /** A member is called like its StatefulSet, whose only pod has the number 0. */
  private static String name(String host) {
    return host.substring(0, host.indexOf("-0."));
  }

  private static String host(String peerUrl) {
    return URI.create(peerUrl).getHost();
  }

  private Node node(String host) {
    var node = nodes.get(host);
    if (node == null) {
      throw refusal("the pod does not run");
    }
    return node;
  }

  private static StatusRuntimeException refusal(String why) {
    return Status.UNAVAILABLE.withDescription(why).asRuntimeException();
  }

  synchronized void watch(String host, ServerCallStreamObserver<NodeStatus> stream) {
    var node = node(host);
    stream.setOnCancelHandler(() -> forget(node, stream));
    node.streams.add(stream);
    stream.onNext(status(host));
  }

  private synchronized void forget(Node node, ServerCallStreamObserver<NodeStatus> stream) {
    node.streams.remove(stream);
  }

  private void tellAll() {
    nodes.forEach(
        (host, node) -> {
          var status = status(host);
          node.streams.forEach(stream -> stream.onNext(status));
        });
  }

  /** Makes the node the first voter. */
  synchronized NodeStatus bootstrap(String host, String peerUrl, BootstrapRequest request) {
    var node = node(host);
    if (node.memberId == 0) {
      node.clusterId = request.getClusterId();
      node.memberId = nextId++;
      configuration.add(new Entry(node.memberId, peerUrl, false));
      changed(host);
    }
    return status(host);
  }

  synchronized NodeStatus join(String host, JoinRequest request) {
    var node = node(host);
    node.clusterId = request.getClusterId();
    node.memberId = request.getMemberId();
    changed(host);
    return status(host);
  }

  private void changed(String host) {
    index++;
    onReady.accept(host);
    tellAll();
  }

  synchronized ChangeMembershipResponse change(ChangeMembershipRequest request) {
    if (request.getExpectedConfigurationIndex() != index) {
      throw Status.FAILED_PRECONDITION.withDescription("stale").asRuntimeException();
    }
    long id =
        switch (request.getChangeCase()) {
          case ADD_LEARNER -> add(request.getAddLearner().getPeerUrls(0));
          case PROMOTE_LEARNER -> promote(request.getPromoteLearner().getId());
          case REMOVE_MEMBER -> remove(request.getRemoveMember().getId());
          case CHANGE_NOT_SET ->
              throw Status.INVALID_ARGUMENT.withDescription("no change").asRuntimeException();
        };
    index++;
    tellAll();
    return ChangeMembershipResponse.newBuilder()
        .setMemberId(id)
        .setConfigurationIndex(index)
        .build();
  }

  private long add(String peerUrl) {
    var entry = new Entry(nextId++, peerUrl, true);
    configuration.add(entry);
    return entry.id;
  }

  private long promote(long id) {
    configuration.stream().filter(is(id)).forEach(entry -> entry.learner = false);
    return id;
  }

  private long remove(long id) {
    configuration.removeIf(is(id));
    return id;
  }

  private static Predicate<Entry> is(long id) {
    return entry -> entry.id == id;
  }
}

package dev.quorate.operator.reconcile;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.CompareStateRequest;
import dev.quorate.api.admin.ComparisonOutcome;
import dev.quorate.api.admin.DiskReport;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.admin.RaftRole;
import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.api.admin.StateComparison;
import dev.quorate.api.admin.TransferLeadershipRequest;
import io.fabric8.kubernetes.api.model.Quantity;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Members that speak Admin in this process and agree with each other by decree. */
final class FakeMembers implements AutoCloseable {
  /** One entry of the configuration. */
  private static final class Entry {
    final long id;
    final String peerUrl;
    boolean learner = true;

    Entry(long id, String peerUrl) {
      this.id = id;
      this.peerUrl = peerUrl;
    }
  }

  /** One node: what is on its disk. */
  private static final class Disk {
    long clusterId;
    long memberId;
  }

  final List<String> calls = new ArrayList<>();
  private final Map<String, Server> servers = new TreeMap<>();
  private final Map<String, Disk> disks = new TreeMap<>();
  private final List<Entry> configuration = new ArrayList<>();
  private long configurationIndex = 1;
  private long nextId = 100;
  private long leaderId;

  /** What a node calls itself, where that is not the host name that it is asked at. */
  final Map<String, String> names = new TreeMap<>();

  boolean electing;

  /** What all of them say that their data takes. */
  long databaseBytes;

  private final Map<String, NodeStatus> disksTold = new TreeMap<>();

  /** Members, by peer URL, that hold something else than the others. */
  final TreeSet<String> astray = new TreeSet<>();

  /** Leaders do not know how to compare. */
  boolean unableToCompare;

  /** What comes out for members that are not astray. */
  ComparisonOutcome comparison = ComparisonOutcome.EQUAL;

  private final Map<Long, StateComparison> comparisons = new TreeMap<>();

  /** Lets a member say this of its disk. */
  synchronized void told(String peerUrl, Quantity size, int usedPercent, SpaceAlarm alarm) {
    long bytes = Quantity.getAmountInBytes(size).longValue();
    disksTold.put(
        peerUrl,
        NodeStatus.newBuilder()
            .setDisk(DiskReport.newBuilder().setTotalBytes(bytes).setUsedPercent(usedPercent))
            .setSpaceAlarm(alarm)
            .build());
  }

  ManagedChannel dial(String peerUrl) {
    return InProcessChannelBuilder.forName(peerUrl).directExecutor().build();
  }

  synchronized void start(String peerUrl) {
    disks.computeIfAbsent(peerUrl, _ -> new Disk());
    if (!servers.containsKey(peerUrl)) {
      try {
        servers.put(
            peerUrl,
            InProcessServerBuilder.forName(peerUrl)
                .directExecutor()
                .addService(new Node(peerUrl))
                .build()
                .start());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  synchronized void stop(String peerUrl) {
    var server = servers.remove(peerUrl);
    if (server != null) {
      server.shutdownNow();
    }
  }

  /** Its disk is lost; it starts empty the next time. */
  synchronized void wipe(String peerUrl) {
    stop(peerUrl);
    disks.remove(peerUrl);
  }

  synchronized boolean hasData(String peerUrl) {
    var disk = disks.get(peerUrl);
    return disk != null && disk.memberId != 0;
  }

  synchronized List<String> voters() {
    return configuration.stream().filter(e -> !e.learner).map(e -> e.peerUrl).sorted().toList();
  }

  private boolean works(Entry entry) {
    var disk = disks.get(entry.peerUrl);
    return servers.containsKey(entry.peerUrl) && disk != null && disk.memberId == entry.id;
  }

  private @Nullable Entry leader() {
    var voters = configuration.stream().filter(entry -> !entry.learner).toList();
    var working = voters.stream().filter(this::works).toList();
    if (electing || working.isEmpty() || working.size() < voters.size() / 2 + 1) {
      return null;
    }
    return working.stream()
        .filter(entry -> entry.id == leaderId)
        .findFirst()
        .orElse(working.getFirst());
  }

  @Override
  public synchronized void close() {
    servers.values().forEach(Server::shutdownNow);
    servers.clear();
  }

  /** The Admin service of one node. */
  private final class Node extends AdminGrpc.AdminImplBase {
    private final String peerUrl;

    Node(String peerUrl) {
      this.peerUrl = peerUrl;
    }

    @Override
    public void status(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
      reply.onNext(status());
      reply.onCompleted();
    }

    private String name() {
      return names.getOrDefault(
          peerUrl, peerUrl.substring(peerUrl.lastIndexOf('/') + 1, peerUrl.lastIndexOf(':')));
    }

    private NodeStatus status() {
      synchronized (FakeMembers.this) {
        var disk = disks.get(peerUrl);
        if (disk == null || disk.memberId == 0) {
          return NodeStatus.newBuilder()
              .setName(name())
              .setState(NodeState.IDLE)
              .setReason("no data yet: waits for Admin.Bootstrap or Admin.Join")
              .setVersion("0.1.0")
              .build();
        }
        var leader = leader();
        boolean leads = leader != null && leader.id == disk.memberId;
        var status =
            NodeStatus.newBuilder()
                .setName(name())
                .setState(NodeState.RUNNING)
                .setVersion("0.1.0")
                .setClusterId(disk.clusterId)
                .setMemberId(disk.memberId)
                .setRole(leads ? RaftRole.LEADER : RaftRole.FOLLOWER)
                .setTerm(3)
                .setCommittedIndex(10)
                .setConfigurationIndex(configurationIndex)
                .setDatabaseBytes(databaseBytes)
                .mergeFrom(disksTold.getOrDefault(peerUrl, NodeStatus.getDefaultInstance()));
        configuration.forEach(
            entry ->
                status.addMembers(
                    MemberStatus.newBuilder()
                        .setId(entry.id)
                        .addPeerUrls(entry.peerUrl)
                        .setLearner(entry.learner)
                        .setMatchIndex(10)
                        .setRecentlyActive(leads && works(entry))
                        .setCaughtUp(leads && works(entry))
                        .setComparison(
                            comparisons.getOrDefault(
                                entry.id, StateComparison.getDefaultInstance()))));
        return status.build();
      }
    }

    @Override
    public void bootstrap(BootstrapRequest request, StreamObserver<NodeStatus> reply) {
      synchronized (FakeMembers.this) {
        calls.add("bootstrap " + peerUrl);
        var disk = disks.computeIfAbsent(peerUrl, _ -> new Disk());
        disk.clusterId = request.getClusterId();
        disk.memberId = nextId++;
        var entry = new Entry(disk.memberId, peerUrl);
        entry.learner = false;
        configuration.add(entry);
      }
      status(NodeStatusRequest.getDefaultInstance(), reply);
    }

    @Override
    public void join(JoinRequest request, StreamObserver<NodeStatus> reply) {
      synchronized (FakeMembers.this) {
        calls.add("join " + peerUrl);
        var disk = disks.computeIfAbsent(peerUrl, _ -> new Disk());
        disk.clusterId = request.getClusterId();
        disk.memberId = request.getMemberId();
      }
      status(NodeStatusRequest.getDefaultInstance(), reply);
    }

    @Override
    public void changeMembership(
        ChangeMembershipRequest request, StreamObserver<ChangeMembershipResponse> reply) {
      synchronized (FakeMembers.this) {
        if (request.getExpectedConfigurationIndex() != configurationIndex || leader() == null) {
          reply.onError(Status.FAILED_PRECONDITION.withDescription("stale").asRuntimeException());
          return;
        }
        long id = change(request);
        configurationIndex++;
        reply.onNext(ChangeMembershipResponse.newBuilder().setMemberId(id).build());
        reply.onCompleted();
      }
    }

    private long change(ChangeMembershipRequest request) {
      return switch (request.getChangeCase()) {
        case ADD_LEARNER -> {
          calls.add("add " + request.getAddLearner().getPeerUrls(0));
          var entry = new Entry(nextId++, request.getAddLearner().getPeerUrls(0));
          configuration.add(entry);
          yield entry.id;
        }
        case PROMOTE_LEARNER -> {
          long id = request.getPromoteLearner().getId();
          calls.add("promote " + url(id));
          configuration.stream().filter(e -> e.id == id).forEach(e -> e.learner = false);
          yield id;
        }
        case REMOVE_MEMBER -> {
          long id = request.getRemoveMember().getId();
          calls.add("remove " + url(id));
          configuration.removeIf(entry -> entry.id == id);
          yield id;
        }
        case CHANGE_NOT_SET -> throw new IllegalArgumentException("no change");
      };
    }

    private String url(long id) {
      return configuration.stream()
          .filter(entry -> entry.id == id)
          .map(entry -> entry.peerUrl)
          .findFirst()
          .orElse("nobody");
    }

    @Override
    public void compareState(CompareStateRequest request, StreamObserver<NodeStatus> reply) {
      synchronized (FakeMembers.this) {
        var member = url(request.getMemberId());
        if (unableToCompare) {
          reply.onError(Status.UNIMPLEMENTED.asRuntimeException());
          return;
        }
        calls.add("compare " + member);
        comparisons.put(
            request.getMemberId(),
            StateComparison.newBuilder()
                .setToken(request.getToken())
                .setRevision(7)
                .setOutcome(astray.contains(member) ? ComparisonOutcome.DIFFERENT : comparison)
                .build());
      }
      status(NodeStatusRequest.getDefaultInstance(), reply);
    }

    @Override
    public void transferLeadership(
        TransferLeadershipRequest request, StreamObserver<NodeStatus> reply) {
      synchronized (FakeMembers.this) {
        calls.add("transfer to " + url(request.getTargetId()));
        leaderId = request.getTargetId();
      }
      status(NodeStatusRequest.getDefaultInstance(), reply);
    }
  }
}

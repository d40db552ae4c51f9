package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.api.admin.AddLearner;
import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.DiskReport;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.admin.RemoveMember;
import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.api.admin.TransferLeadershipRequest;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.DefragmentRequest;
import dev.quorate.api.etcd.DowngradeRequest;
import dev.quorate.api.etcd.DowngradeRequest.DowngradeAction;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.HashRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberPromoteRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.MemberUpdateRequest;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.node.replication.MembershipRequest.Fence;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.quorum.MembershipChange;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of Cluster, Maintenance and Admin gets, errors with code and text. */
final class ClusterServicesTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 1 << 20, 1, 1);
  private static final String URL = "http://127.0.0.1:2380";

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final SoleMember member = new SoleMember(false);
  private final FakeNode node = new FakeNode();
  private volatile @Nullable ServingMember serving = member.serving();
  private Server server;
  private ManagedChannel channel;
  private ClusterGrpc.ClusterBlockingStub cluster;
  private MaintenanceGrpc.MaintenanceBlockingStub maintenance;
  private AdminGrpc.AdminBlockingStub admin;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new ClusterService(() -> serving, AccessControl.none()))
            .addService(
                new MaintenanceService(
                    () -> serving, AccessControl.none(), "3.6.0", LIMITS, readThreads))
            .addService(new AdminService(node, () -> serving, timer))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    cluster = ClusterGrpc.newBlockingStub(channel);
    maintenance = MaintenanceGrpc.newBlockingStub(channel);
    admin = AdminGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
    timer.shutdownNow();
  }

  @Test
  void listsMembersLinearizablyIfAsked() {
    var list = cluster.memberList(MemberListRequest.getDefaultInstance());
    assertThat(list.getMembersList()).hasSize(1);
    assertThat(list.getMembers(0).getName()).isEqualTo("sole");
    assertThat(list.getHeader().getClusterId()).isEqualTo(SoleMember.CLUSTER_ID);
    assertThat(list.getHeader().getRevision()).isZero();
    assertThat(member.linearizableReads()).isZero();
    cluster.memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
    assertThat(member.linearizableReads()).isEqualTo(1);
  }

  @Test
  void addsVotersAndLearnersUnderFreshIds() {
    var voter = cluster.memberAdd(MemberAddRequest.newBuilder().addPeerURLs(URL).build());
    var learner =
        cluster.memberAdd(
            MemberAddRequest.newBuilder().addPeerURLs(URL).setIsLearner(true).build());
    assertThat(voter.getMember().getID()).isNotZero().isNotEqualTo(learner.getMember().getID());
    assertThat(learner.getMember().getIsLearner()).isTrue();
    assertThat(member.membershipRequests.get(0).change())
        .isEqualTo(new MembershipChange.AddVoter(voter.getMember().getID()));
    assertThat(member.membershipRequests.get(1).change())
        .isEqualTo(new MembershipChange.AddLearner(learner.getMember().getID()));
    assertThat(member.membershipRequests.get(1).fence()).isNull();
  }

  @Test
  void refusesAddressesThatAreNone() {
    for (String url : List.of("", "127.0.0.1:1", "http://a", "http://a:1/path", "ftp://a:1")) {
      assertError(
          () -> cluster.memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).build()),
          Code.INVALID_ARGUMENT,
          "etcdserver: given member URLs are invalid");
    }
    assertError(
        () -> cluster.memberAdd(MemberAddRequest.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "etcdserver: given member URLs are invalid");
  }

  @Test
  void removesPromotesAndUpdates() {
    cluster.memberRemove(MemberRemoveRequest.newBuilder().setID(5).build());
    cluster.memberPromote(MemberPromoteRequest.newBuilder().setID(6).build());
    assertThat(member.membershipRequests.get(0).change()).isEqualTo(new MembershipChange.Remove(5));
    assertThat(member.membershipRequests.get(1).change())
        .isEqualTo(new MembershipChange.PromoteLearner(6));
    var update =
        MemberUpdateRequest.newBuilder().setID(SoleMember.MEMBER_ID).addPeerURLs(URL).build();
    assertThat(cluster.memberUpdate(update).getMembers(0).getPeerURLs(0)).isEqualTo(URL);
    assertError(
        () -> cluster.memberUpdate(update.toBuilder().setID(99).build()),
        Code.NOT_FOUND,
        "etcdserver: member not found");
  }

  @Test
  void saysWithEtcdsWordsWhyAStepWasRefused() {
    member.refuse(Reason.LEARNER_NOT_READY);
    assertError(
        () -> cluster.memberPromote(MemberPromoteRequest.newBuilder().setID(6).build()),
        Code.FAILED_PRECONDITION,
        "etcdserver: can only promote a learner member which is in sync with leader");
    member.refuse(Reason.UNHEALTHY);
    assertError(
        () -> cluster.memberRemove(MemberRemoveRequest.newBuilder().setID(6).build()),
        Code.UNAVAILABLE,
        "etcdserver: unhealthy cluster");
  }

  @Test
  void tellsItsStatus() {
    var status = maintenance.status(StatusRequest.getDefaultInstance());
    assertThat(status.getVersion()).isEqualTo("3.6.0");
    assertThat(status.getLeader()).isEqualTo(SoleMember.MEMBER_ID);
    assertThat(status.getRaftTerm()).isEqualTo(SoleMember.TERM);
    assertThat(status.getDbSizeQuota()).isEqualTo(1 << 20);
    assertThat(status.getErrorsList()).isEmpty();
    assertThat(status.getHeader().getRevision()).isEqualTo(1);
  }

  @Test
  void raisesListsAndClearsAlarms() {
    var alarm = AlarmRequest.newBuilder().setMemberID(7).setAlarm(AlarmType.NOSPACE);
    var on = alarm.setAction(AlarmRequest.AlarmAction.ACTIVATE).build();
    assertThat(maintenance.alarm(on).getAlarmsList()).hasSize(1);
    assertThat(maintenance.alarm(on).getAlarmsList()).as("it is on already").hasSize(1);
    var get = AlarmRequest.getDefaultInstance();
    assertThat(maintenance.alarm(get).getAlarmsList()).hasSize(1);
    assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getErrors(0))
        .isEqualTo("memberID:7 alarm:NOSPACE ");
    var off = alarm.setAction(AlarmRequest.AlarmAction.DEACTIVATE).build();
    var all = off.toBuilder().setMemberID(0).setAlarm(AlarmType.NONE).build();
    assertThat(maintenance.alarm(all).getAlarmsList()).isEmpty();
    assertThat(maintenance.alarm(off).getAlarmsList())
        .as("what was cleared")
        .singleElement()
        .matches(cleared -> cleared.getMemberID() == 7 && cleared.getAlarm() == AlarmType.NOSPACE);
    assertThat(maintenance.alarm(off).getAlarmsList()).isEmpty();
    assertThat(maintenance.alarm(get).getAlarmsList()).isEmpty();
  }

  @Test
  void hasNoOlderFormatToGoDownTo() {
    var validate = DowngradeRequest.newBuilder();
    for (String version : List.of("", "3", "3.x", "latest")) {
      assertError(
          () -> maintenance.downgrade(validate.setVersion(version).build()),
          Code.INVALID_ARGUMENT,
          "etcdserver: wrong downgrade target version format");
    }
    for (String version : List.of("3.5", "3.5.0", "3.6.0")) {
      assertError(
          () -> maintenance.downgrade(validate.setVersion(version).build()),
          Code.INVALID_ARGUMENT,
          "etcdserver: invalid downgrade target version");
    }
    var cancel = DowngradeRequest.newBuilder().setAction(DowngradeAction.CANCEL).build();
    assertThat(maintenance.downgrade(cancel).getVersion()).isEqualTo("3.6");
    assertThat(
            maintenance.status(StatusRequest.getDefaultInstance()).getDowngradeInfo().getEnabled())
        .isFalse();
  }

  @Test
  void movesTheLeaderToVotersOnly() {
    assertError(
        () -> maintenance.moveLeader(MoveLeaderRequest.newBuilder().setTargetID(9).build()),
        Code.FAILED_PRECONDITION,
        "etcdserver: bad leader transferee");
    maintenance.moveLeader(
        MoveLeaderRequest.newBuilder().setTargetID(SoleMember.MEMBER_ID).build());
    assertThat(member.transferTargets).containsExactly(SoleMember.MEMBER_ID);
  }

  @Test
  void hashesAndHasNothingToDefragment() {
    int hash = maintenance.hash(HashRequest.getDefaultInstance()).getHash();
    assertThat(maintenance.hashKV(HashKVRequest.getDefaultInstance()).getHash()).isEqualTo(hash);
    assertThat(maintenance.defragment(DefragmentRequest.getDefaultInstance()).hasHeader())
        .isFalse();
  }

  @Test
  void anAlarmThatNobodyKnowsIsRefusedAndNotProposed() {
    var unknown =
        AlarmRequest.newBuilder()
            .setAction(AlarmRequest.AlarmAction.ACTIVATE)
            .setAlarmValue(99)
            .build();
    assertError(
        () -> maintenance.alarm(unknown),
        Code.INVALID_ARGUMENT,
        "quorate: alarm 99 is none of NONE, NOSPACE, CORRUPT");
    assertThat(member.commands).isEmpty();
  }

  @Test
  void whoServesNobodySaysSoAndStillTellsItsStatus() {
    serving = null;
    assertError(
        () -> cluster.memberList(MemberListRequest.getDefaultInstance()),
        Code.UNAVAILABLE,
        EtcdErrors.NOT_SERVING.getDescription());
    assertThat(admin.status(NodeStatusRequest.getDefaultInstance()).getName()).isEqualTo("fake");
  }

  @Test
  void anOperatorsStepCarriesItsFence() {
    var request =
        ChangeMembershipRequest.newBuilder()
            .setExpectedConfigurationIndex(4)
            .setFencingEpoch(5)
            .setTargetVoters(3)
            .setRemoveMember(RemoveMember.newBuilder().setId(8))
            .build();
    assertThat(admin.changeMembership(request).getMemberId()).isEqualTo(8);
    assertThat(member.membershipRequests.getFirst().fence()).isEqualTo(new Fence(4, 5, 3));
    member.refuse(Reason.STALE_FENCE);
    assertError(
        () -> admin.changeMembership(request),
        Code.FAILED_PRECONDITION,
        EtcdErrors.STALE_FENCE.getDescription());
  }

  @Test
  void anOperatorsBadRequestsAreRefusedByName() {
    assertError(
        () ->
            admin.changeMembership(
                ChangeMembershipRequest.newBuilder()
                    .setAddLearner(AddLearner.getDefaultInstance())
                    .build()),
        Code.INVALID_ARGUMENT,
        "quorate: change: name one of add_learner (with peer_urls), promote_learner, remove_member");
    assertError(
        () -> admin.bootstrap(BootstrapRequest.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "quorate: cluster_id is 0: give the id that the new cluster shall have");
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> admin.join(JoinRequest.newBuilder().setClusterId(1).build()))
        .matches(e -> e.getStatus().getCode() == Code.INVALID_ARGUMENT);
  }

  @Test
  void bootstrapsJoinsAndTransfers() {
    admin.bootstrap(BootstrapRequest.newBuilder().setClusterId(3).build());
    admin.join(JoinRequest.newBuilder().setClusterId(3).setMemberId(4).addPeerUrls(URL).build());
    assertThat(node.calls).containsExactly("bootstrap 3", "join 3 4 [" + URL + "]");
    admin.transferLeadership(TransferLeadershipRequest.getDefaultInstance());
    assertThat(member.transferTargets).containsExactly(0L);
  }

  @Test
  void aWatchSendsChangesAndNotWhatMovesWithEveryWrite() {
    var seen = admin.watchStatus(NodeStatusRequest.getDefaultInstance());
    assertThat(seen.next().getTerm()).isZero();
    node.become(node.status().toBuilder().setAppliedIndex(100).build());
    node.become(node.status().toBuilder().setTerm(5).setDisk(disk(80, 2_000)).build());
    var next = seen.next();
    assertThat(next.getTerm()).isEqualTo(5);
    assertThat(next.getAppliedIndex()).isEqualTo(100);
    node.become(node.status().toBuilder().setDisk(disk(80, 1_000)).build());
    node.become(node.status().toBuilder().setDisk(disk(85, 999)).build());
    assertThat(seen.next().getDisk()).as("not of every byte").isEqualTo(disk(85, 999));
    node.become(node.status().toBuilder().setSpaceAlarm(SpaceAlarm.DISK_FULL).build());
    assertThat(seen.next().getSpaceAlarm()).isEqualTo(SpaceAlarm.DISK_FULL);
  }

  private static DiskReport disk(int usedPercent, long freeBytes) {
    return DiskReport.newBuilder()
        .setTotalBytes(10_000)
        .setFreeBytes(freeBytes)
        .setUsedPercent(usedPercent)
        .build();
  }

  private static void assertError(ThrowingCallable call, Code code, @Nullable String text) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }

  /** A node that takes note of what it is told. */
  private static final class FakeNode implements NodeControl {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private volatile NodeStatus status = NodeStatus.newBuilder().setName("fake").build();

    void become(NodeStatus next) {
      status = next;
      listeners.forEach(Runnable::run);
    }

    @Override
    public NodeStatus status() {
      return status;
    }

    @Override
    public void compareState(ServingMember leader, long memberId, long token) {
      calls.add("compare %d %d".formatted(memberId, token));
    }

    @Override
    public Runnable onChange(Runnable listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Void> bootstrap(long clusterId) {
      calls.add("bootstrap " + clusterId);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> join(long clusterId, long memberId, List<String> peerUrls) {
      calls.add("join %d %d %s".formatted(clusterId, memberId, peerUrls));
      return CompletableFuture.completedFuture(null);
    }
  }
}

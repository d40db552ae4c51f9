package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.AddLearner;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.PromoteLearner;
import dev.quorate.api.admin.RaftRole;
import dev.quorate.api.admin.RemoveMember;
import dev.quorate.api.admin.TransferLeadershipRequest;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.replication.ReplicaFault;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes on real disks and ports: their lives, alone and together. */
final class NodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long CLUSTER = 0xc0ffeeL;

  @TempDir Path directory;

  @Test
  void aSingleMemberServesBothProtocolsOnOnePortAndKeepsItsData() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      put(node, "a", "1");
      assertThat(node.get("/health").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
      assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(node.get("/metrics").body())
          .contains("etcd_server_has_leader 1.0", "etcd_server_is_leader 1.0")
          .contains("quorate_election_timeout_seconds 1.0")
          .contains(
              "grpc_server_handled_total{grpc_type=\"unary\",grpc_service=\"etcdserverpb.KV\"");
      await().atMost(PATIENCE).until(() -> node.status().getMembers(0).getClientUrlsCount() == 1);
      assertThat(node.status().getElectionTimeoutMilliseconds()).isEqualTo(1000);
      assertThat(node.stop()).isTrue();
      node.start("--initial-cluster-token=another");
      assertThat(get(node, "a")).isEqualTo("1");
    }
  }

  @Test
  void managedNodesGrowFromOneToThreeAndBackWhenTold() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"));
        var two = new TestNode("two", directory.resolve("two"));
        var three = new TestNode("three", directory.resolve("three"))) {
      for (var node : new TestNode[] {one, two, three}) {
        node.start("--managed", "--listen-metrics-urls=http://127.0.0.1:0");
        assertThat(node.status().getState()).isEqualTo(dev.quorate.api.admin.NodeState.IDLE);
      }
      bootstrapTwice(one);
      put(one, "a", "1");
      add(one, two);
      add(one, three);
      assertThat(get(three, "a")).isEqualTo("1");

      long third = three.status().getMemberId();
      one.admin()
          .transferLeadership(TransferLeadershipRequest.newBuilder().setTargetId(third).build());
      await().atMost(PATIENCE).until(() -> three.status().getRole() == RaftRole.LEADER);
      put(one, "b", "2");

      long first = one.status().getMemberId();
      change(two, step(three).setRemoveMember(RemoveMember.newBuilder().setId(first)));
      assertThat(get(two, "b")).isEqualTo("2");
      // A member tells its name when it has become one.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(two.status().getMembersList())
                      .extracting(MemberStatus::getName)
                      .containsExactlyInAnyOrder("two", "three"));
      await().atMost(PATIENCE).until(() -> one.status().getFault() == Fault.MEMBER_REMOVED);
      assertThat(one.status().getState()).isEqualTo(dev.quorate.api.admin.NodeState.PAUSED);
      assertThat(one.status().getMembersList()).as("not the last it knew").isEmpty();
      assertThat(one.end()).as("it stays up to tell").isNull();
    }
  }

  @Test
  void aRemovedLearnerStopsByItself() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"));
        var two = new TestNode("two", directory.resolve("two"))) {
      one.start();
      put(one, "a", "1");
      String cluster = "--initial-cluster=one=%s,two=%s".formatted(one.peerUrl(), two.peerUrl());
      long id =
          one.cluster()
              .memberAdd(
                  MemberAddRequest.newBuilder()
                      .addPeerURLs(two.peerUrl())
                      .setIsLearner(true)
                      .build())
              .getMember()
              .getID();
      two.start(cluster, "--initial-cluster-state=existing");
      await().atMost(PATIENCE).until(() -> two.status().getLeaderId() != 0);
      one.cluster().memberRemove(MemberRemoveRequest.newBuilder().setID(id).build());
      await().atMost(PATIENCE).until(() -> two.end() != null);
      assertThat(two.end())
          .isEqualTo(
              "member %x was removed from cluster %x for good: empty %s and add a new member to come back",
              id, two.status().getClusterId(), directory.resolve("two"));
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> two.cluster().memberList(MemberListRequest.getDefaultInstance()))
          .matches(e -> e.getStatus().getCode() == Code.UNAVAILABLE);
      assertThat(two.stop()).isTrue();
    }
  }

  private static void bootstrapTwice(TestNode node) {
    var request = BootstrapRequest.newBuilder().setClusterId(CLUSTER).build();
    node.admin().bootstrap(request);
    assertThat(node.admin().bootstrap(request).getClusterId()).isEqualTo(CLUSTER);
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> node.admin().bootstrap(request.toBuilder().setClusterId(1).build()))
        .matches(e -> e.getStatus().getCode() == Code.FAILED_PRECONDITION)
        .withMessageContaining("has the data of member");
    await().atMost(PATIENCE).until(() -> node.status().getRole() == RaftRole.LEADER);
  }

  /** Add as learner, join, catch up, promote: each step as the operator takes it. */
  private static void add(TestNode leader, TestNode added) {
    long id =
        change(
                leader,
                step(leader).setAddLearner(AddLearner.newBuilder().addPeerUrls(added.peerUrl())))
            .getMemberId();
    added
        .admin()
        .join(
            JoinRequest.newBuilder()
                .setClusterId(CLUSTER)
                .setMemberId(id)
                .addPeerUrls(leader.peerUrl())
                .build());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                leader.status().getMembersList().stream()
                    .anyMatch(member -> member.getId() == id && member.getCaughtUp()));
    change(leader, step(leader).setPromoteLearner(PromoteLearner.newBuilder().setId(id)));
    // Until it has applied its promotion, it refuses clients as a learner must.
    await().atMost(PATIENCE).until(() -> added.status().getRole() == RaftRole.FOLLOWER);
  }

  private static ChangeMembershipRequest.Builder step(TestNode leader) {
    return ChangeMembershipRequest.newBuilder()
        .setFencingEpoch(1)
        .setTargetVoters(1)
        .setExpectedConfigurationIndex(leader.status().getConfigurationIndex());
  }

  private static ChangeMembershipResponse change(
      TestNode node, ChangeMembershipRequest.Builder request) {
    return node.admin().changeMembership(request.build());
  }

  @Test
  void aMemberJoinsWithEtcdsFlags() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"));
        var two = new TestNode("two", directory.resolve("two"))) {
      one.start();
      put(one, "a", "1");
      String cluster = "--initial-cluster=one=%s,two=%s".formatted(one.peerUrl(), two.peerUrl());
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> two.start(cluster, "--initial-cluster-state=existing"))
          .withMessageContaining("no member of the cluster has the peer URLs");
      one.cluster()
          .memberAdd(
              MemberAddRequest.newBuilder().addPeerURLs(two.peerUrl()).setIsLearner(true).build());
      two.start(cluster, "--initial-cluster-state=existing");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  one
                      .cluster()
                      .memberList(MemberListRequest.getDefaultInstance())
                      .getMembersList()
                      .stream()
                      .anyMatch(member -> member.getName().equals("two")));
    }
  }

  @Test
  void damagedDataKeepsTheNodeUpToTellIt() throws Exception {
    Path data = directory.resolve("one");
    try (var node = new TestNode("one", data)) {
      node.start();
      for (int i = 0; i < 100; i++) {
        put(node, "key" + i, "value");
      }
      assertThat(node.stop()).isTrue();
      damageFirstSegment(data.resolve("log"));
      node.start();
      var status = node.status();
      assertThat(status.getFault()).isEqualTo(Fault.DATA_LOST);
      assertThat(status.getReason()).contains(".wal");
      assertThat(status.getMemberId()).isNotZero();
      assertThat(node.get("/livez").statusCode()).isEqualTo(200);
      var ready = node.get("/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains(".wal");
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> put(node, "a", "1"))
          .matches(e -> e.getStatus().getCode() == Code.UNAVAILABLE);
    }
  }

  private static void damageFirstSegment(Path log) throws IOException {
    Path segment;
    try (var files = Files.list(log)) {
      segment =
          files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
    }
    try (var channel =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, 1500);
      one.flip();
      channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), 1500);
    }
  }

  @Test
  void aUsedPortLeavesTheDataDirectoryAlone() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"))) {
      one.start();
      var second = new ArrayList<>(one.arguments());
      second.set(1, "--data-dir=" + directory.resolve("second"));
      var request = NodeCommandLine.parse(second, Map.of());
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(
              () ->
                  RunningNode.start(
                      ((NodeCommandLine.Request.Run) request).config(), new IgnoredEnd()))
          .withMessageMatching(
              "--listen-peer-urls: cannot listen on http://127.0.0.1:\\d+ \\(.*\\): stop what uses this port, or choose another address");
      assertThat(directory.resolve("second")).doesNotExist();
    }
  }

  @Test
  void aForeignDirectoryIsRefused() throws Exception {
    Path foreign = Files.createDirectories(directory.resolve("one/member/wal"));
    try (var node = new TestNode("one", directory.resolve("one"))) {
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(node::start)
          .withMessageContaining("is not a data directory of quorate-node");
    }
    assertThat(foreign).isEmptyDirectory();
  }

  private static final class IgnoredEnd implements NodeListener {
    @Override
    public void failed(ReplicaFault fault) {}

    @Override
    public void cannotStart(String message) {}

    @Override
    public void removed(String message) {}
  }

  private static void put(TestNode node, String key, String value) {
    node.kv()
        .put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build());
  }

  private static String get(TestNode node, String key) {
    return node.kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build())
        .getKvs(0)
        .getValue()
        .toStringUtf8();
  }
}

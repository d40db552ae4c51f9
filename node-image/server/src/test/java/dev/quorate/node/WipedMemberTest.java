package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members whose directory was emptied, started again with the flags they always had. */
final class WipedMemberTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String EXISTING = "--initial-cluster-state=existing";

  @TempDir Path directory;

  @Test
  void aFounderDoesNotFoundItselfAgainAndNothingAcknowledgedIsLost() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var leader = cluster.leader();
      var others = cluster.nodes().stream().filter(node -> node != leader).toList();
      var lagging = others.get(0);
      var wiped = others.get(1);
      awaitAllPublished(lagging, 3);
      lagging.stop();
      put(leader, "acknowledged");
      wiped.stop();
      wipe(wiped);
      leader.stop();
      cluster.start(lagging);
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> cluster.start(wiped))
          .withMessageMatching("member [0-9a-f]+ has already been bootstrapped, but .*")
          .withMessageContaining(wiped.directory().toString());
      assertThat(wiped.directory().resolve("log")).doesNotExist();
      cluster.start(leader);
      assertThat(get(lagging, "acknowledged").getCount()).isEqualTo(1);
    }
  }

  /** The others may know more than what it is allowed to do: it waits for them. */
  @Test
  void aFounderThatNobodyCanTellAboutIsNotStarted() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var wiped = cluster.follower();
      awaitAllPublished(wiped, 3);
      for (var node : cluster.nodes()) {
        assertThat(node.stop()).isTrue();
      }
      wipe(wiped);
      cluster.start(wiped);
      assertThat(wiped.status().getState()).isEqualTo(NodeState.NODE_STATE_UNSPECIFIED);
      assertThat(wiped.status().getReason())
          .contains("no data in " + wiped.directory(), "could not say whether member")
          .contains("if this one is not new, remove it and add a new one");
      assertThat(wiped.get("/readyz").body()).contains("could not say whether member");
      assertThat(wiped.get("/livez").statusCode()).isEqualTo(200);
      for (var node : cluster.nodes()) {
        if (node != wiped) {
          cluster.start(node);
        }
      }
      await().atMost(PATIENCE).until(() -> wiped.end() != null);
      assertThat(wiped.end()).contains("has already been bootstrapped");
      assertThat(wiped.directory().resolve("log")).doesNotExist();
    }
  }

  @Test
  void foundersBeginWhenTheLastOfThemIsThere() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"));
        var two = new TestNode("two", directory.resolve("two"));
        var three = new TestNode("three", directory.resolve("three"))) {
      String cluster =
          "--initial-cluster=one=%s,two=%s,three=%s"
              .formatted(one.peerUrl(), two.peerUrl(), three.peerUrl());
      one.start(cluster);
      two.start(cluster);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  one.status().getReason().contains("three (http")
                      && !one.status().getReason().contains("two ("));
      assertThat(one.directory().resolve("log")).doesNotExist();
      assertThat(two.stop()).as("it ends while it waits").isTrue();
      two.start(cluster);
      three.start(cluster);
      put(three, "a");
      // Two of them are enough for that; the first one asks again once in a while.
      await()
          .atMost(PATIENCE)
          .ignoreException(StatusRuntimeException.class)
          .until(() -> get(one, "a").getCount() == 1);
    }
  }

  @Test
  void aFounderThatWasRemovedDoesNotFoundItselfAgain() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var leader = cluster.leader();
      var gone = cluster.follower();
      long id = gone.serving().control().identity().memberId();
      gone.stop();
      wipe(gone);
      leader.cluster().memberRemove(MemberRemoveRequest.newBuilder().setID(id).build());
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> cluster.start(gone))
          // One of the others may not know yet that it was removed.
          .withMessageMatching(
              "member %x (was removed from cluster|has already been bootstrapped).*".formatted(id));
    }
  }

  @Test
  void aMemberThatJoinedDoesNotJoinAgainUnderItsOldId() throws Exception {
    try (var one = new TestNode("one", directory.resolve("one"));
        var two = new TestNode("two", directory.resolve("two"))) {
      one.start();
      put(one, "a");
      String cluster = "--initial-cluster=one=%s,two=%s".formatted(one.peerUrl(), two.peerUrl());
      long old = addLearner(one, two);
      two.start(cluster, EXISTING);
      awaitAllPublished(one, 2);
      two.stop();
      wipe(two);
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> two.start(cluster, EXISTING))
          .withMessageStartingWith("member %x has already been bootstrapped".formatted(old));

      one.cluster().memberRemove(MemberRemoveRequest.newBuilder().setID(old).build());
      long added = addLearner(one, two);
      two.start(cluster, EXISTING);
      awaitAllPublished(one, 2);
      assertThat(added).isNotEqualTo(old);
    }
  }

  /** As when a volume is restored from a copy. */
  @Test
  void aMemberWithAnOldCopyOfItsDataStaysUpToTellThatItIsLost() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var leader = cluster.leader();
      var restored = cluster.follower();
      awaitAllPublished(restored, 3);
      restored.stop();
      Path copy = directory.resolve("copy");
      copy(restored.directory(), copy);
      cluster.start(restored);
      put(restored, "acknowledged");
      restored.stop();
      wipe(restored);
      copy(copy, restored.directory());
      cluster.start(restored);
      await().atMost(PATIENCE).until(() -> restored.status().getFault() == Fault.DATA_LOST);
      assertThat(restored.status().getState()).isEqualTo(NodeState.PAUSED);
      assertThat(restored.status().getReason()).startsWith("the data is lost (member ");
      assertThat(restored.end()).as("it stays up to tell").isNull();
      assertThat(restored.get("/livez").statusCode()).isEqualTo(200);
      assertThat(restored.get("/readyz").statusCode()).isEqualTo(503);
      assertThat(get(leader, "acknowledged").getCount()).isEqualTo(1);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static long addLearner(TestNode leader, TestNode added) {
    return leader
        .cluster()
        .memberAdd(
            MemberAddRequest.newBuilder().addPeerURLs(added.peerUrl()).setIsLearner(true).build())
        .getMember()
        .getID();
  }

  private static void awaitAllPublished(TestNode node, int members) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Member> known =
                  node.cluster()
                      .memberList(MemberListRequest.getDefaultInstance())
                      .getMembersList();
              return known.size() == members
                  && known.stream().allMatch(member -> member.getClientURLsCount() > 0);
            });
  }

  private static void wipe(TestNode node) throws IOException {
    try (var files = Files.walk(node.directory())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void put(TestNode node, String key) {
    node.kv().put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
  }

  private static RangeResponse get(TestNode node, String key) {
    return node.kv().range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
  }
}

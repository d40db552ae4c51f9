package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.kv.ApplyResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is much at once, on three whole nodes: nobody else has to wait for long, nobody elects. */
@Timeout(300)
final class LargeStepsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int UNDER_WAY = 2000;
  private static final int LEASES = 100_000;

  /** More with -Dquorate.largeStepKeys=1000000, for a measurement. */
  private static final int KEYS = Integer.getInteger("quorate.largeStepKeys", 100_000);

  private static final ByteString FIRST = ByteString.copyFromUtf8("key-");
  private static final ByteString END = ByteString.copyFromUtf8("key.");

  @TempDir private Path directory;

  @Test
  void leasesThatAllEndAtOnceStopNeitherWritesNorElections() throws Exception {
    try (var cluster = cluster()) {
      var first = cluster.leader();
      submit(
          first,
          LEASES,
          i ->
              Command.newBuilder()
                  .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(i + 1L).setTTL(20)));
      assertThat(leases(first)).as("none has ended before all were granted").isEqualTo(LEASES);
      // To the next leader they all have the same time left, from the same moment.
      long next = cluster.follower().serving().control().identity().memberId();
      var _ =
          MaintenanceGrpc.newBlockingStub(first.clients())
              .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(next).build());
      var leader = cluster.leader();
      long term = TestCluster.term(leader);
      SteadyClient writer;
      try (var puts = new SteadyClient(() -> put(leader))) {
        writer = puts;
        await().atMost(PATIENCE).until(() -> leases(leader) <= LEASES - 10_000);
      }
      System.out.printf(
          "10000 leases ended beside %d puts, the longest took %s%n",
          writer.calls(), writer.longest());
      assertThat(TestCluster.term(leader)).isEqualTo(term);
      assertThat(writer.longest()).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void aLeaseOfVeryManyKeysIsRevokedAtOnceAndStopsNobody() throws Exception {
    try (var cluster = cluster()) {
      var grant = LeaseGrantRequest.newBuilder().setID(7).setTTL(3600);
      submit(cluster.leader(), 1, _ -> Command.newBuilder().setLeaseGrant(grant));
      putKeys(cluster, 7);
      long revision = cluster.leader().serving().state().get().revision();
      besideOthers(
          cluster,
          () -> {
            var _ =
                LeaseGrpc.newBlockingStub(cluster.leader().clients())
                    .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
          });
      var reads = cluster.leader().serving().state().get().reads();
      assertThat(reads.lease(7, true).keys()).isEmpty();
      assertGone(cluster, revision);
    }
  }

  @Test
  void veryManyKeysAreDeletedAtOnceAndStopNobody() throws Exception {
    try (var cluster = cluster()) {
      putKeys(cluster, 0);
      long revision = cluster.leader().serving().state().get().revision();
      var all = DeleteRangeRequest.newBuilder().setKey(FIRST).setRangeEnd(END).build();
      besideOthers(
          cluster,
          () -> assertThat(cluster.leader().kv().deleteRange(all).getDeleted()).isEqualTo(KEYS));
      assertGone(cluster, revision);
    }
  }

  private TestCluster cluster() throws Exception {
    return new TestCluster(directory, 3, "--election-timeout=2000");
  }

  private static void putKeys(TestCluster cluster, long lease) {
    submit(
        cluster.leader(),
        KEYS,
        i ->
            Command.newBuilder()
                .setPut(
                    PutRequest.newBuilder()
                        .setKey(FIRST.concat(ByteString.copyFromUtf8("%07d".formatted(i))))
                        .setValue(ByteString.copyFromUtf8("value of some length " + i))
                        .setLease(lease)));
  }

  /** While something large is done, others write, and read what they may read without waiting. */
  private static void besideOthers(TestCluster cluster, Runnable large) {
    var leader = cluster.leader();
    long term = TestCluster.term(leader);
    var one =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("other"))
            .setSerializable(true)
            .build();
    put(leader);
    SteadyClient writer;
    SteadyClient reader;
    long tookNanos;
    try (var puts = new SteadyClient(() -> put(leader));
        var reads = new SteadyClient(() -> read(leader, one))) {
      writer = puts;
      reader = reads;
      await().atMost(PATIENCE).until(() -> puts.calls() > 10 && reads.calls() > 10);
      long began = System.nanoTime();
      large.run();
      tookNanos = System.nanoTime() - began;
      long done = puts.calls();
      await().atMost(PATIENCE).until(() -> puts.calls() > done + 10);
    }
    System.out.printf(
        "%d keys went in %s; the longest put took %s, the longest serializable read %s%n",
        KEYS, Duration.ofNanos(tookNanos), writer.longest(), reader.longest());
    assertThat(TestCluster.term(leader)).isEqualTo(term);
    assertThat(reader.longest()).isLessThan(Duration.ofSeconds(2));
    // A put behind it waits for it, and for no more.
    assertThat(writer.longest()).isLessThan(Duration.ofNanos(tookNanos).plusSeconds(2));
  }

  private static void assertGone(TestCluster cluster, long revisionBefore) {
    var all = RangeRequest.newBuilder().setKey(FIRST).setRangeEnd(END).setCountOnly(true);
    var leader = cluster.leader();
    assertThat(leader.kv().range(all.build()).getCount()).isZero();
    assertThat(leader.kv().range(all.setRevision(revisionBefore).build()).getCount())
        .as("it was one revision")
        .isEqualTo(KEYS);
    var expected = leader.serving().state().get().reads().hash(0);
    for (var node : cluster.nodes()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(node.serving().state().get().reads().hash(0)).isEqualTo(expected));
    }
  }

  private static void put(TestNode node) {
    var _ =
        node.kv()
            .put(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("other"))
                    .setValue(ByteString.copyFromUtf8("value"))
                    .build());
  }

  private static void read(TestNode node, RangeRequest request) {
    var _ = node.kv().range(request);
  }

  private static int leases(TestNode node) {
    return node.serving().state().get().reads().leases().leases().size();
  }

  /** Many commands, so many at a time. */
  private static void submit(TestNode node, int count, IntFunction<Command.Builder> command) {
    var underWay = new ArrayDeque<CompletableFuture<ApplyResult>>();
    for (int i = 0; i < count; i++) {
      if (underWay.size() == UNDER_WAY) {
        assertThat(underWay.remove().join()).isInstanceOf(ApplyResult.Done.class);
      }
      underWay.add(node.serving().proposals().submit(command.apply(i)));
    }
    underWay.forEach(one -> assertThat(one.join()).isInstanceOf(ApplyResult.Done.class));
  }
}

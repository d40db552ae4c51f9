package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.replication.MemoryCluster.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers go on while members crash, lose each other and hand over. Every key is written by one
 * request: what was acknowledged must be there in the end, and nothing may be there twice.
 */
@Timeout(300)
final class ReplicaChaosTest {
  private static final int WRITERS = 4;
  private static final int FAULTS = 8;

  /** Bounds the work of a run: storages in memory copy all they have at every flush. */
  private static final int WRITES_PER_FAULT = 1500;

  @TempDir private Path directory;
  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
  private final AtomicInteger nextKey = new AtomicInteger();
  private final Semaphore writes = new Semaphore(WRITES_PER_FAULT);
  private volatile boolean over;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatWasAcknowledgedIsThereOnce(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    try (var cluster = MemoryCluster.of(directory, 3)) {
      cluster.awaitLeader();
      var ended = new CountDownLatch(WRITERS);
      for (int writer = 0; writer < WRITERS; writer++) {
        var choice = random.split();
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  write(cluster, choice);
                  ended.countDown();
                });
      }
      for (int fault = 0; fault < FAULTS; fault++) {
        disturb(cluster, random);
        writes.release(WRITES_PER_FAULT);
        awaitProgress(50);
      }
      over = true;
      writes.release(WRITERS);
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
      check(cluster);
    }
  }

  private void write(MemoryCluster cluster, SplittableRandom random) {
    while (!over) {
      writes.acquireUninterruptibly();
      var members = cluster.replicas();
      if (members.isEmpty()) {
        writes.release();
        Thread.onSpinWait();
        continue;
      }
      var member = members.get(random.nextInt(members.size()));
      var key = "key-" + nextKey.incrementAndGet();
      try {
        if (MemoryCluster.put(member, key, "1").join() instanceof ApplyResult.Done) {
          acknowledged.add(key);
        }
      } catch (CompletionException e) {
        // Not acknowledged: it may be there or not.
        assertThat(e).hasCauseInstanceOf(ReplicationException.class);
      }
    }
  }

  private static void disturb(MemoryCluster cluster, SplittableRandom random) throws Exception {
    long victim = 1L + random.nextInt(3);
    switch (random.nextInt(4)) {
      case 0 -> {
        Running killed = cluster.kill(victim);
        cluster.awaitLeader();
        cluster.restart(killed);
      }
      case 1 -> {
        cluster.network.cutOff(victim);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> !cluster.replica(victim).status().raft().leads());
        cluster.network.reconnect(victim);
      }
      case 2 -> {
        var handOver = cluster.awaitLeader().transferLeadership(0);
        var _ = handOver.handle((_, _) -> null).get(60, TimeUnit.SECONDS);
      }
      default -> {
        var all = new ArrayList<Running>();
        for (long id = 1; id <= 3; id++) {
          all.add(cluster.kill(id));
        }
        for (var killed : all) {
          cluster.restart(killed);
        }
      }
    }
  }

  private void awaitProgress(int writes) {
    int before = acknowledged.size();
    await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= before + writes);
  }

  private void check(MemoryCluster cluster) {
    MemoryCluster.putAll(cluster.awaitLeader(), "end-", 1);
    cluster.awaitSameState();
    assertThat(cluster.faults).isEmpty();
    var found = new TreeMap<String, KeyValue>();
    for (var pair : pairs(cluster.replica(1))) {
      found.put(pair.getKey().toStringUtf8(), pair);
    }
    assertThat(found.keySet()).containsAll(acknowledged);
    assertThat(
            found.values().stream()
                .filter(pair -> pair.getVersion() != 1)
                .map(pair -> pair.getKey().toStringUtf8())
                .collect(Collectors.toSet()))
        .as("keys that were written twice")
        .isEmpty();
  }

  private static List<KeyValue> pairs(Replica replica) {
    var all =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1]))
            .setRangeEnd(ByteString.copyFrom(new byte[1]))
            .build();
    var read = (ApplyResult.Done) replica.machine().reads().range(all);
    return ((RangeResponse) read.response()).getKvsList();
  }
}

package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader's disk stands still while a client writes. The client asks the next member when it
 * gets an error, and at first it is the stalled leader's.
 */
@Timeout(180)
final class StalledDiskClusterTest {
  /** Far above half an election timeout (100 ms), far below the time of a request (5.4 s). */
  private static final Duration LONGEST_GAP = Duration.ofSeconds(2);

  @TempDir private Path directory;

  @Test
  void clientsAreAnsweredThroughAStallThatEnds() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      MemoryCluster.putAll(leader, "before-", 10);
      cluster.disk(leader).standStill();
      assertThat(longestGap(cluster, leader, Duration.ofSeconds(2))).isLessThan(LONGEST_GAP);
      assertThat(leader.status().raft().leads()).isFalse();

      cluster.disk(leader).goOn();
      cluster.awaitSameState();
      MemoryCluster.putAll(leader, "after-", 10);
      leader.reads().linearizable().join();
    }
  }

  @Test
  void clientsAreAnsweredThroughAStallThatNeverEnds() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      MemoryCluster.putAll(leader, "before-", 10);
      cluster.disk(leader).standStill();
      try {
        assertThat(longestGap(cluster, leader, Duration.ofSeconds(8))).isLessThan(LONGEST_GAP);
        assertThat(leader.status().raft().leads()).isFalse();
        assertThat(leader.status().raft().diskStalls()).isTrue();
        assertThat(leader.reads().linearizable()).isCompletedExceptionally();
      } finally {
        cluster.disk(leader).goOn();
      }
    }
  }

  private static Duration longestGap(MemoryCluster cluster, Replica first, Duration time) {
    var members = List.copyOf(cluster.replicas());
    int next = members.indexOf(first);
    long longestNanos = 0;
    long beganNanos = System.nanoTime();
    long answeredNanos = beganNanos;
    for (int i = 0; System.nanoTime() - beganNanos < time.toNanos(); i++) {
      try {
        MemoryCluster.put(members.get(next % members.size()), "key-" + i, "value").join();
        longestNanos = Math.max(longestNanos, System.nanoTime() - answeredNanos);
        answeredNanos = System.nanoTime();
      } catch (CompletionException _) {
        next++;
      }
    }
    return Duration.ofNanos(Math.max(longestNanos, System.nanoTime() - answeredNanos));
  }
}

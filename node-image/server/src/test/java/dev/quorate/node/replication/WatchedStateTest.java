package dev.quorate.node.replication;

import static dev.quorate.node.replication.MemoryCluster.putAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.watch.WatchClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches of a member that receives a whole new state. */
final class WatchedStateTest {
  private static final int PUTS = 5000;

  @TempDir private Path directory;

  /** Takes down the revisions it is told of. */
  private static final class Listener implements WatchClient {
    final List<Long> revisions = new CopyOnWriteArrayList<>();

    @Override
    public ResponseHeader header(long revision) {
      return ResponseHeader.getDefaultInstance();
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(WatchResponse response) {
      response.getEventsList().forEach(event -> revisions.add(event.getKv().getModRevision()));
    }

    @Override
    public void requestOne() {}

    @Override
    public void end(End reason) {}
  }

  @Test
  void goOnWithItsHistory() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      long away = cluster.anyFollower().identity().memberId();
      var listener = new Listener();
      var everything =
          WatchCreateRequest.newBuilder().setRangeEnd(ByteString.copyFrom(new byte[1]));
      cluster
          .watches(away)
          .open(listener, false)
          .request(WatchRequest.newBuilder().setCreateRequest(everything).build());
      await().until(() -> cluster.watches(away).gauges().watchers() == 1);
      putAll(cluster.awaitLeader(), "before-", 10);
      await().until(() -> listener.revisions.size() == 10);

      cluster.network.cutOff(away);
      putAll(cluster.awaitLeader(), "meanwhile-", PUTS);
      cluster.network.reconnect(away);
      putAll(cluster.awaitLeader(), "after-", 10);
      var all = LongStream.rangeClosed(2, PUTS + 21).boxed().toList();
      await().atMost(Duration.ofSeconds(60)).until(() -> listener.revisions.size() >= all.size());
      assertThat(listener.revisions).isEqualTo(all);
    }
  }
}

package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that watch much and read nothing, on real sockets, beside one that reads. */
final class StalledWatchTest {
  private static final int PUTS = 2000;
  private static final int VALUE_BYTES = 10_000;
  private static final int STALLED = 20;

  /** What is held for one stream, and a little for what is in the making. */
  private static final int HELD_EVENTS_PER_STREAM = (1 << 20) / VALUE_BYTES + 10;

  private final SoleMember member = new SoleMember(false);
  private final ServingMember serving = member.serving();
  private Server server;
  private ManagedChannel stalledChannel;
  private ManagedChannel honestChannel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(new WatchService(() -> serving, AccessControl.none()))
            .build()
            .start();
    stalledChannel = channel();
    honestChannel = channel();
  }

  private ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    stalledChannel.shutdownNow();
    honestChannel.shutdownNow();
    server.shutdownNow();
    member.watches.close();
  }

  @Test
  void costALittleMemorySlowNobodyAndGetAllInTheEnd() {
    var all = WatchingClient.range("key", "kez");
    var stalled = new ArrayList<WatchingClient>();
    for (int i = 0; i < STALLED; i++) {
      var client = WatchingClient.stalled(stalledChannel);
      client.create(all);
      stalled.add(client);
    }
    var honest = WatchingClient.open(honestChannel);
    honest.created(all);
    // On their own connection they may come later than the first puts, and would not get these.
    await().until(() -> member.watches.gauges().watchers() == STALLED + 1);

    long mostHeld = 0;
    for (int i = 0; i < PUTS; i++) {
      put(i);
      mostHeld = Math.max(mostHeld, member.watches.gauges().pendingEvents());
    }
    assertThat(revisions(honest)).isEqualTo(expected());
    assertThat(mostHeld).isLessThan((STALLED + 1L) * HELD_EVENTS_PER_STREAM);
    assertThat(member.watches.gauges().slowWatchers()).isGreaterThan(0);

    // All at once: what they do not read takes room on the connection that they share.
    stalled.forEach(WatchingClient::read);
    for (var client : stalled) {
      assertThat(client.next().getCreated()).isTrue();
      assertThat(revisions(client)).isEqualTo(expected());
    }
  }

  private void put(int number) {
    var put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("key" + number % 10))
            .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]));
    var _ = member.submit(Command.newBuilder().setPut(put)).join();
  }

  private static List<Long> revisions(WatchingClient client) {
    var revisions = new ArrayList<Long>();
    while (revisions.size() < PUTS) {
      for (Event event : client.next().getEventsList()) {
        revisions.add(event.getKv().getModRevision());
      }
    }
    return revisions;
  }

  private static List<Long> expected() {
    var revisions = new ArrayList<Long>();
    for (long revision = 2; revision < 2 + PUTS; revision++) {
      revisions.add(revision);
    }
    return revisions;
  }
}

package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.io.IOException;
import java.time.Duration;

/** Clients that watch everything and read nothing, each on a stream of its own. */
final class StalledWatches implements AutoCloseable {
  private static final int CONNECTIONS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final String WATCHERS = "etcd_debugging_mvcc_watcher_total";

  /** HTTP/2's default; what a thousand clients hold must fit into the process that plays them. */
  private static final int WINDOW_BYTES = 65_535;

  private final ClientLoop clients = new ClientLoop();

  /** Begins so many watches and waits until the members know them. */
  static StalledWatches begin(MemberCluster cluster, int count)
      throws IOException, InterruptedException {
    var stalled = new StalledWatches();
    var endpoints = cluster.endpoints();
    var channels = new ManagedChannel[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
      channels[i] = stalled.clients.connect(endpoints.get(i % endpoints.size()), WINDOW_BYTES);
    }
    for (int i = 0; i < count; i++) {
      watchAndNeverRead(channels[i % CONNECTIONS]);
    }
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (cluster.metric(WATCHERS) < count) {
      if (System.nanoTime() > deadlineNanos) {
        stalled.close();
        throw new IOException("the members do not know all of %d watches".formatted(count));
      }
      cluster.members().getFirst().checkRuns(MOMENT);
    }
    return stalled;
  }

  private static void watchAndNeverRead(ManagedChannel channel) {
    var everything =
        WatchCreateRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1]))
            .setRangeEnd(ByteString.copyFrom(new byte[1]));
    var call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<WatchResponse>() {}, new Metadata());
    call.sendMessage(WatchRequest.newBuilder().setCreateRequest(everything).build());
  }

  @Override
  public void close() {
    clients.close();
  }
}

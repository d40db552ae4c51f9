package dev.quorate.operator.observe;

import dev.quorate.operator.platform.ClusterKey;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all members: one channel each, and on it a stream on which the member tells
 * its changes, so that nobody has to ask a healthy cluster anything.
 */
public final class MemberConnections implements AutoCloseable {
  private static final long KEEP_ALIVE_SECONDS = 10;
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

  private final Function<String, ManagedChannel> dial;
  private final Consumer<ClusterKey> onChange;
  private final ScheduledExecutorService reopening;
  private final Map<ClusterKey, Map<String, MemberClient>> clients = new HashMap<>();
  private boolean closed;

  /**
   * @param onChange is told a cluster of which a member reported something, or fell silent; on any
   *     thread, often
   */
  public MemberConnections(Consumer<ClusterKey> onChange) {
    this(MemberConnections::plaintext, onChange);
  }

  /**
   * @param dial makes the channel to a peer URL
   */
  public MemberConnections(Function<String, ManagedChannel> dial, Consumer<ClusterKey> onChange) {
    this.dial = dial;
    this.onChange = onChange;
    ThreadFactory daemon = Thread.ofPlatform().name("member-streams").daemon(true).factory();
    this.reopening = Executors.newSingleThreadScheduledExecutor(daemon);
  }

  private static ManagedChannel plaintext(String peerUrl) {
    var uri = URI.create(peerUrl);
    return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
        .usePlaintext()
        // A pod that was made again elsewhere has the name of the old one: a connection to a
        // machine without power must not be held for the quarter of an hour that TCP would take.
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .build();
  }

  /** The client of one member; opened at the first call. */
  public synchronized MemberClient client(ClusterKey cluster, String peerUrl) {
    if (closed) {
      throw new IllegalStateException("the connections are closed");
    }
    return clients
        .computeIfAbsent(cluster, _ -> new HashMap<>())
        .computeIfAbsent(
            peerUrl,
            url -> {
              var client = new MemberClient(dial.apply(url), () -> onChange.accept(cluster));
              client.watch(reopening);
              return client;
            });
  }

  /** Closes the connections to members that are not there any more. */
  synchronized void keepOnly(ClusterKey cluster, Set<String> peerUrls) {
    var known = clients.get(cluster);
    if (known != null) {
      var gone = new TreeSet<>(known.keySet());
      gone.removeAll(peerUrls);
      gone.forEach(url -> close(known.remove(url)));
    }
  }

  /** Closes all connections to a cluster that is not looked after any more. */
  public synchronized void forget(ClusterKey cluster) {
    var known = clients.remove(cluster);
    if (known != null) {
      closeAll(known.values());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    reopening.shutdownNow();
    clients.values().forEach(known -> closeAll(known.values()));
    clients.clear();
  }

  private static void closeAll(Collection<MemberClient> gone) {
    new ArrayList<>(gone).forEach(MemberConnections::close);
  }

  private static void close(@Nullable MemberClient client) {
    if (client != null) {
      client.close();
    }
  }
}

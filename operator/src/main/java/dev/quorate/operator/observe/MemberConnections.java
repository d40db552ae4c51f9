package dev.quorate.operator.observe;

import dev.quorate.operator.platform.AdminAccess;
import dev.quorate.operator.platform.ClusterKey;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all members: one channel each, and on it a stream on which the member tells
 * its changes, so that nobody has to ask a healthy cluster anything.
 */
public final class MemberConnections implements AutoCloseable {
  /** The second packet leaves after a second, and may still be answered from far away. */
  private static final int CONNECT_MILLISECONDS = 1500;

  private static final long KEEP_ALIVE_SECONDS = 10;
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

  private final BiFunction<String, @Nullable AdminAccess, ManagedChannel> dial;
  private final Consumer<ClusterKey> onChange;
  private final ScheduledExecutorService reopening;
  private final Map<ClusterKey, Map<String, MemberClient>> clients = new HashMap<>();
  private final Map<ClusterKey, AdminAccess> accesses = new HashMap<>();
  private boolean closed;

  /**
   * @param onChange is told a cluster of which a member reported something, or fell silent; on any
   *     thread, often
   */
  public MemberConnections(Consumer<ClusterKey> onChange) {
    this(MemberConnections::open, onChange);
  }

  /**
   * @param dial makes the channel to a peer URL
   */
  public MemberConnections(Function<String, ManagedChannel> dial, Consumer<ClusterKey> onChange) {
    this((url, _) -> dial.apply(url), onChange);
  }

  private MemberConnections(
      BiFunction<String, @Nullable AdminAccess, ManagedChannel> dial,
      Consumer<ClusterKey> onChange) {
    this.dial = dial;
    this.onChange = onChange;
    ThreadFactory daemon = Thread.ofPlatform().name("member-streams").daemon(true).factory();
    this.reopening = Executors.newSingleThreadScheduledExecutor(daemon);
  }

  static ManagedChannel open(String peerUrl, @Nullable AdminAccess access) {
    var uri = URI.create(peerUrl);
    var credentials =
        "https".equals(uri.getScheme()) ? secure(access) : InsecureChannelCredentials.create();
    return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort(), credentials)
        // A pod that was made again elsewhere has the name of the old one: neither connecting to
        // its old address nor a connection to a machine without power may take as long as TCP would
        // wait.
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLISECONDS)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .build();
  }

  private static ChannelCredentials secure(@Nullable AdminAccess access) {
    var builder = TlsChannelCredentials.newBuilder();
    try {
      if (access != null) {
        builder
            .trustManager(stream(access.believed()))
            .keyManager(stream(access.certificate()), stream(access.key()));
      }
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Says how members of the cluster are talked to from now on. Where that differs from before, the
   * connections that there are were made for what does not hold any more, and are made anew.
   */
  public synchronized void use(ClusterKey cluster, @Nullable AdminAccess access) {
    var before = access == null ? accesses.remove(cluster) : accesses.put(cluster, access);
    if (!Objects.equals(before, access)) {
      var known = clients.remove(cluster);
      if (known != null) {
        closeAll(known.values());
      }
    }
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
              var channel = dial.apply(url, accesses.get(cluster));
              var client = new MemberClient(channel, () -> onChange.accept(cluster));
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
    use(cluster, null);
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

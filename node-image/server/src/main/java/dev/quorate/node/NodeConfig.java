package dev.quorate.node;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a node is started with: read once, checked, printed. The words and defaults are etcd's
 * (https://etcd.io/docs, "Configuration options").
 *
 * @param managed without data the node waits for Admin.Bootstrap or Admin.Join
 * @param exitWithStdin the node stops when its standard input ends
 * @param quotaBackendBytes {@link #NO_QUOTA} means no limit
 */
public record NodeConfig(
    String name,
    Path dataDirectory,
    List<NodeUrl> listenClientUrls,
    List<NodeUrl> advertiseClientUrls,
    List<NodeUrl> listenPeerUrls,
    List<NodeUrl> advertisePeerUrls,
    List<NodeUrl> listenMetricsUrls,
    InitialCluster initialCluster,
    ClusterState initialClusterState,
    String initialClusterToken,
    int heartbeatMilliseconds,
    int electionTimeoutMilliseconds,
    long quotaBackendBytes,
    boolean managed,
    boolean exitWithStdin,
    Level logLevel) {

  /** What {@code --initial-cluster-state} says. */
  public enum ClusterState {
    NEW,
    EXISTING
  }

  static final long NO_QUOTA = -1;

  private static final String CLIENT_URL = "http://localhost:2379";
  private static final String PEER_URL = "http://localhost:2380";
  private static final String MANAGED_METRICS_URL = "http://0.0.0.0:2381";
  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;
  private static final int MAX_ELECTION_TIMEOUT_MILLISECONDS = 50_000;

  /** Fills in the defaults and checks everything that can be known without looking at the disk. */
  static NodeConfig from(NodeArguments given) throws ConfigException {
    boolean managed = given.managed != null && given.managed;
    String name = name(given.name);
    var advertisePeerUrls =
        NodeUrl.parseList(
            "--initial-advertise-peer-urls", or(given.initialAdvertisePeerUrls, PEER_URL));
    requireUnmanaged(managed, "--initial-cluster", given.initialCluster);
    requireUnmanaged(managed, "--initial-cluster-state", given.initialClusterState);
    requireUnmanaged(managed, "--initial-cluster-token", given.initialClusterToken);
    var initialCluster =
        given.initialCluster == null
            ? InitialCluster.of(name, advertisePeerUrls)
            : InitialCluster.parse(given.initialCluster);
    requireNamedInCluster(name, advertisePeerUrls, initialCluster);
    if (given.listenClientUrls != null && given.advertiseClientUrls == null) {
      throw new ConfigException(
          "--advertise-client-urls is required when --listen-client-urls is set: say where clients"
              + " reach this member");
    }
    int heartbeat = heartbeatMilliseconds(given.heartbeatMilliseconds);
    return new NodeConfig(
        name,
        dataDirectory(given.dataDirectory, name),
        listenUrls("--listen-client-urls", or(given.listenClientUrls, CLIENT_URL)),
        advertiseUrls("--advertise-client-urls", or(given.advertiseClientUrls, CLIENT_URL)),
        listenUrls("--listen-peer-urls", or(given.listenPeerUrls, PEER_URL)),
        advertisePeerUrls,
        metricsUrls(given.listenMetricsUrls, managed),
        initialCluster,
        clusterState(or(given.initialClusterState, "new")),
        or(given.initialClusterToken, "etcd-cluster"),
        heartbeat,
        electionTimeoutMilliseconds(given.electionTimeoutMilliseconds, heartbeat),
        quotaBytes(given.quotaBackendBytes),
        managed,
        given.exitWithStdin != null && given.exitWithStdin,
        logLevel(or(given.logLevel, "info")));
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private static String name(@Nullable String given) throws ConfigException {
    String name = or(given, "default");
    if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf(',') >= 0) {
      throw new ConfigException(
          "--name: \"%s\" is empty or holds \"=\" or \",\": choose another".formatted(name));
    }
    return name;
  }

  private static Path dataDirectory(@Nullable String given, String name) throws ConfigException {
    String path = or(given, name + ".etcd");
    if (path.isBlank() || path.indexOf('\0') >= 0) {
      throw new ConfigException("--data-dir: \"%s\" is not a path".formatted(path));
    }
    return Path.of(path).toAbsolutePath().normalize();
  }

  private static List<NodeUrl> listenUrls(String flag, String text) throws ConfigException {
    var urls = NodeUrl.parseList(flag, text);
    for (NodeUrl url : urls) {
      url.requireAddress(flag);
    }
    return urls;
  }

  private static List<NodeUrl> advertiseUrls(String flag, String text) throws ConfigException {
    var urls = NodeUrl.parseList(flag, text);
    for (NodeUrl url : urls) {
      if (url.host().equals("0.0.0.0") || url.host().equals("[::]")) {
        throw new ConfigException(
            "%s: nobody can reach %s: name the address that clients use".formatted(flag, url));
      }
    }
    return urls;
  }

  private static List<NodeUrl> metricsUrls(@Nullable String given, boolean managed)
      throws ConfigException {
    if (given == null && !managed) {
      return List.of();
    }
    return listenUrls("--listen-metrics-urls", or(given, MANAGED_METRICS_URL));
  }

  private static void requireUnmanaged(boolean managed, String flag, @Nullable String value)
      throws ConfigException {
    if (managed && value != null) {
      throw new ConfigException(
          flag
              + " does not go with --managed: a managed member is told its cluster; leave one out");
    }
  }

  private static void requireNamedInCluster(
      String name, List<NodeUrl> advertised, InitialCluster cluster) throws ConfigException {
    if (cluster.urlsOf(name).isEmpty()) {
      throw new ConfigException(
          "--initial-cluster: this member's --name \"%s\" is not in \"%s\": add %s=%s"
              .formatted(name, cluster, name, advertised.getFirst()));
    }
    var named = new TreeSet<>(NodeUrl.toStrings(cluster.urlsOf(name)));
    if (!named.equals(new TreeSet<>(NodeUrl.toStrings(advertised)))) {
      throw new ConfigException(
          "--initial-cluster has %s=%s, but --initial-advertise-peer-urls is %s: make them equal"
              .formatted(
                  name, String.join(",", named), String.join(",", NodeUrl.toStrings(advertised))));
    }
  }

  private static ClusterState clusterState(String given) throws ConfigException {
    return switch (given) {
      case "new" -> ClusterState.NEW;
      case "existing" -> ClusterState.EXISTING;
      default ->
          throw new ConfigException(
              "--initial-cluster-state: \"%s\" is neither new nor existing".formatted(given));
    };
  }

  private static int heartbeatMilliseconds(@Nullable Integer given) throws ConfigException {
    int heartbeat = given == null ? 100 : given;
    if (heartbeat <= 0) {
      throw new ConfigException("--heartbeat-interval: %d is not above 0".formatted(heartbeat));
    }
    return heartbeat;
  }

  private static int electionTimeoutMilliseconds(@Nullable Integer given, int heartbeat)
      throws ConfigException {
    int timeout = given == null ? 1000 : given;
    if (timeout < 5L * heartbeat) {
      throw new ConfigException(
          "--election-timeout: %d ms is less than 5 times --heartbeat-interval (%d ms): set at least %d"
              .formatted(timeout, heartbeat, 5L * heartbeat));
    }
    if (timeout > MAX_ELECTION_TIMEOUT_MILLISECONDS) {
      throw new ConfigException(
          "--election-timeout: %d ms is too long: set at most %d"
              .formatted(timeout, MAX_ELECTION_TIMEOUT_MILLISECONDS));
    }
    return timeout;
  }

  private static long quotaBytes(@Nullable Long given) {
    if (given == null || given == 0) {
      return DEFAULT_QUOTA_BYTES;
    }
    return Math.max(NO_QUOTA, given);
  }

  private static Level logLevel(String given) throws ConfigException {
    return switch (given) {
      case "debug" -> Level.DEBUG;
      case "info" -> Level.INFO;
      case "warn" -> Level.WARN;
      case "error", "panic", "dpanic", "fatal" -> Level.ERROR;
      default ->
          throw new ConfigException(
              "--log-level: \"%s\" is none of debug, info, warn, error".formatted(given));
    };
  }

  /** For the one log line at the start: flags and what they came to. */
  Map<String, Object> describe() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("name", name);
    fields.put("data-dir", dataDirectory);
    fields.put("listen-client-urls", listenClientUrls);
    fields.put("advertise-client-urls", advertiseClientUrls);
    fields.put("listen-peer-urls", listenPeerUrls);
    fields.put("initial-advertise-peer-urls", advertisePeerUrls);
    fields.put("listen-metrics-urls", listenMetricsUrls);
    fields.put("managed", managed);
    if (!managed) {
      fields.put("initial-cluster", initialCluster);
      fields.put("initial-cluster-state", initialClusterState.name().toLowerCase(Locale.ROOT));
      fields.put("initial-cluster-token", initialClusterToken);
    }
    fields.put("heartbeat-interval", heartbeatMilliseconds);
    fields.put("election-timeout", electionTimeoutMilliseconds);
    fields.put("quota-backend-bytes", quotaBackendBytes);
    return fields;
  }
}

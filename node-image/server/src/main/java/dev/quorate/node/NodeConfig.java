package dev.quorate.node;

import dev.quorate.node.compaction.CompactionPolicy;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagPath;
import dev.quorate.node.flags.FlagValues;
import dev.quorate.node.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a node is started with: read once, checked, printed. The words and defaults are etcd's
 * (https://etcd.io/docs, "Configuration options").
 *
 * @param minElectionTimeoutMilliseconds down to which the election timeout adapts; the election
 *     timeout itself if it does not
 * @param maxLearners most learners at a time, as this member sees to it while it leads
 * @param managed without data the node waits for Admin.Bootstrap or Admin.Join
 * @param exitWithStdin the node stops when its standard input ends
 */
public record NodeConfig(
    String name,
    Path dataDirectory,
    ListenUrls listen,
    List<NodeUrl> advertiseClientUrls,
    List<NodeUrl> advertisePeerUrls,
    boolean reusePort,
    InitialCluster initialCluster,
    ClusterState initialClusterState,
    String initialClusterToken,
    int heartbeatMilliseconds,
    int electionTimeoutMilliseconds,
    int minElectionTimeoutMilliseconds,
    int maxLearners,
    TlsSettings clientTls,
    TlsSettings peerTls,
    ClientLimits limits,
    ClientHttp clientHttp,
    KeepAlive keepAlive,
    CompactionPolicy compaction,
    CheckConfig checks,
    Duration watchProgressInterval,
    AuthConfig auth,
    boolean extensiveMetrics,
    boolean managed,
    boolean exitWithStdin,
    LogConfig log) {

  /** What {@code --initial-cluster-state} says. */
  public enum ClusterState {
    NEW,
    EXISTING
  }

  private static final int MAX_ELECTION_TIMEOUT_MILLISECONDS = 50_000;

  /** Fills in the defaults and checks everything that can be known without looking at the disk. */
  static NodeConfig from(FlagValues given) throws ConfigException {
    boolean managed = given.isTrue("managed");
    String name = name(given.text("name"));
    var advertisePeerUrls =
        NodeUrl.parseList(
            "--initial-advertise-peer-urls", given.text("initial-advertise-peer-urls"));
    if (managed) {
      requireUnmanaged(given);
    }
    var initialCluster = initialCluster(given, name, advertisePeerUrls);
    if (given.has("listen-client-urls") && !given.has("advertise-client-urls")) {
      throw new ConfigException(
          "--advertise-client-urls is required when --listen-client-urls is set: say where clients"
              + " reach this member");
    }
    var urls = ListenUrls.from(given, managed);
    int heartbeat = heartbeatMilliseconds(given.number("heartbeat-interval"));
    int election = electionTimeoutMilliseconds(given.number("election-timeout"), heartbeat);
    var clientTls = TlsSettings.ofClients(given, urls.clientHosts());
    var peerTls = TlsSettings.ofPeers(given, urls.peerHosts());
    urls.requireCertificates(clientTls.isOn(), peerTls.isOn());
    if (peerTls.admin() != null) {
      urls.requireSecurePeers("--admin-trusted-ca-file");
    }
    return new NodeConfig(
        name,
        dataDirectory(given.given("data-dir").orElse(name + ".etcd")),
        urls,
        advertiseUrls("--advertise-client-urls", given.text("advertise-client-urls")),
        advertisePeerUrls,
        given.isTrue("socket-reuse-port"),
        initialCluster,
        clusterState(given.text("initial-cluster-state")),
        given.text("initial-cluster-token"),
        heartbeat,
        election,
        minElectionTimeoutMilliseconds(
            given.number("adaptive-election-timeout-min"), election, heartbeat),
        given.number("max-learners", 1, Integer.MAX_VALUE),
        clientTls,
        peerTls,
        ClientLimits.from(given),
        ClientHttp.from(given),
        KeepAlive.from(given),
        CompactionPolicy.parse(
            given.text("auto-compaction-mode"), given.text("auto-compaction-retention")),
        CheckConfig.from(given),
        given.duration("watch-progress-notify-interval"),
        AuthConfig.from(given),
        extensiveMetrics(given.text("metrics")),
        managed,
        given.isTrue("exit-with-stdin"),
        LogConfig.from(given));
  }

  private static InitialCluster initialCluster(
      FlagValues given, String name, List<NodeUrl> advertisePeerUrls) throws ConfigException {
    var text = given.given("initial-cluster");
    var cluster =
        text.isEmpty()
            ? InitialCluster.of(name, advertisePeerUrls)
            : InitialCluster.parse(text.get());
    requireNamedInCluster(name, advertisePeerUrls, cluster);
    return cluster;
  }

  private static String name(String name) throws ConfigException {
    if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf(',') >= 0) {
      throw new ConfigException(
          "--name: \"%s\" is empty or holds \"=\" or \",\": choose another".formatted(name));
    }
    return name;
  }

  private static Path dataDirectory(String path) throws ConfigException {
    if (path.isBlank()) {
      throw new ConfigException("--data-dir: \"%s\" is not a path".formatted(path));
    }
    return FlagPath.parse("--data-dir", path).toAbsolutePath().normalize();
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

  private static void requireUnmanaged(FlagValues given) throws ConfigException {
    for (String flag :
        List.of("initial-cluster", "initial-cluster-state", "initial-cluster-token")) {
      if (given.has(flag)) {
        throw new ConfigException(
            "--%s does not go with --managed: a managed member is told its cluster; leave one out"
                .formatted(flag));
      }
    }
  }

  static void requireNamedInCluster(String name, List<NodeUrl> advertised, InitialCluster cluster)
      throws ConfigException {
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

  private static int heartbeatMilliseconds(long given) throws ConfigException {
    if (given <= 0 || given > MAX_ELECTION_TIMEOUT_MILLISECONDS) {
      throw new ConfigException(
          given <= 0
              ? "--heartbeat-interval: %d is not above 0".formatted(given)
              : "--heartbeat-interval: %d ms is longer than an election may take".formatted(given));
    }
    return Math.toIntExact(given);
  }

  private static int electionTimeoutMilliseconds(long timeout, int heartbeat)
      throws ConfigException {
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
    return Math.toIntExact(timeout);
  }

  private static int minElectionTimeoutMilliseconds(long least, int election, int heartbeat)
      throws ConfigException {
    if (least != 0 && least < 5L * heartbeat) {
      throw new ConfigException(
          "--adaptive-election-timeout-min: %d ms is less than 5 times --heartbeat-interval (%d ms): set at least %d, or 0 to switch it off"
              .formatted(least, heartbeat, 5L * heartbeat));
    }
    if (least > election) {
      throw new ConfigException(
          "--adaptive-election-timeout-min: %d ms is longer than --election-timeout (%d ms): set at most that"
              .formatted(least, election));
    }
    return least == 0 ? election : Math.toIntExact(least);
  }

  private static boolean extensiveMetrics(String given) throws ConfigException {
    return switch (given) {
      case "basic" -> false;
      case "extensive" -> true;
      default ->
          throw new ConfigException(
              "--metrics: \"%s\" is neither basic nor extensive".formatted(given));
    };
  }

  /** For the one log line at the start: flags and what they came to. */
  Map<String, Object> describe() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("name", name);
    fields.put("data-dir", dataDirectory);
    fields.put("listen-client-urls", listen.clients());
    fields.put("advertise-client-urls", advertiseClientUrls);
    fields.put("listen-peer-urls", listen.peers());
    fields.put("initial-advertise-peer-urls", advertisePeerUrls);
    fields.put("listen-metrics-urls", listen.metrics());
    fields.put("managed", managed);
    if (!managed) {
      fields.put("initial-cluster", initialCluster);
      fields.put("initial-cluster-state", initialClusterState.name().toLowerCase(Locale.ROOT));
      fields.put("initial-cluster-token", initialClusterToken);
    }
    fields.put("heartbeat-interval", heartbeatMilliseconds);
    fields.put("election-timeout", electionTimeoutMilliseconds);
    if (minElectionTimeoutMilliseconds < electionTimeoutMilliseconds) {
      fields.put("adaptive-election-timeout-min", minElectionTimeoutMilliseconds);
    }
    fields.put("quota-backend-bytes", limits.quotaBytes());
    fields.put("auto-compaction", compaction);
    return fields;
  }
}

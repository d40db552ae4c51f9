package dev.quorate.node;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The flags as they were given, by argument or by environment; null means: not given. */
@Command(
    name = "quorate-node",
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "One member of a strongly consistent key-value cluster that speaks the etcd v3 API.",
    footer = {
      "",
      "Every flag can also be given by environment: --data-dir as ETCD_DATA_DIR. A flag wins.",
      "Data that is already in the data directory wins over the --initial-... flags."
    })
final class NodeArguments {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of this member. Default: default")
  @Nullable String name;

  @Option(
      names = "--data-dir",
      paramLabel = "PATH",
      description = "Folder that holds the member's data. Default: NAME.etcd")
  @Nullable String dataDirectory;

  @Option(
      names = "--listen-client-urls",
      paramLabel = "URLS",
      description = "Where to listen for clients (gRPC and HTTP/1). Default: http://localhost:2379")
  @Nullable String listenClientUrls;

  @Option(
      names = "--advertise-client-urls",
      paramLabel = "URLS",
      description =
          "Where clients reach this member; needed with --listen-client-urls."
              + " Default: http://localhost:2379")
  @Nullable String advertiseClientUrls;

  @Option(
      names = "--listen-peer-urls",
      paramLabel = "URLS",
      description = "Where to listen for the other members. Default: http://localhost:2380")
  @Nullable String listenPeerUrls;

  @Option(
      names = "--initial-advertise-peer-urls",
      paramLabel = "URLS",
      description = "Where the other members reach this one. Default: http://localhost:2380")
  @Nullable String initialAdvertisePeerUrls;

  @Option(
      names = "--listen-metrics-urls",
      paramLabel = "URLS",
      description =
          "Where to listen for /metrics, /livez and /readyz besides the client port."
              + " Default: nowhere; http://0.0.0.0:2381 with --managed")
  @Nullable String listenMetricsUrls;

  @Option(
      names = "--initial-cluster",
      paramLabel = "NAME=URL,...",
      description =
          "All members that start the cluster together. Default: this one alone, NAME=its peer URLs")
  @Nullable String initialCluster;

  @Option(
      names = "--initial-cluster-state",
      paramLabel = "STATE",
      description =
          "new, or existing to join after \"etcdctl member add\" on the cluster. Default: new")
  @Nullable String initialClusterState;

  @Option(
      names = "--initial-cluster-token",
      paramLabel = "TOKEN",
      description = "Keeps clusters with equal members apart. Default: etcd-cluster")
  @Nullable String initialClusterToken;

  @Option(
      names = "--heartbeat-interval",
      paramLabel = "MS",
      description = "Milliseconds between a leader's heartbeats. Default: 100")
  @Nullable Integer heartbeatMilliseconds;

  @Option(
      names = "--election-timeout",
      paramLabel = "MS",
      description =
          "Milliseconds without a leader before an election; at least 5 heartbeats. Default: 1000")
  @Nullable Integer electionTimeoutMilliseconds;

  @Option(
      names = "--quota-backend-bytes",
      paramLabel = "BYTES",
      description =
          "Size of the data above which writes are refused; 0: 2 GiB, negative: no limit."
              + " Default: 0")
  @Nullable Long quotaBackendBytes;

  @Option(
      names = "--managed",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Without data wait to be told by the operator instead of starting a cluster;"
              + " the other --initial-cluster flags are then refused. Default: false")
  @Nullable Boolean managed;

  @Option(
      names = "--exit-with-stdin",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Stop when standard input ends, as it does when the process that started the node is gone."
              + " Default: false")
  @Nullable Boolean exitWithStdin;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "debug, info, warn or error (panic and fatal mean error). Default: info")
  @Nullable String logLevel;

  @Option(
      names = {"--help", "-h"},
      usageHelp = true,
      description = "Print this and exit.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  boolean version;
}

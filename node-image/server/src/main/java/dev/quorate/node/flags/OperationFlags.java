package dev.quorate.node.flags;

import static dev.quorate.node.flags.Flag.noEffect;
import static dev.quorate.node.flags.Flag.refused;
import static dev.quorate.node.flags.Flag.works;
import static dev.quorate.node.flags.FlagKind.BOOLEAN;
import static dev.quorate.node.flags.FlagKind.DURATION;
import static dev.quorate.node.flags.FlagKind.GATES;
import static dev.quorate.node.flags.FlagKind.LIST;
import static dev.quorate.node.flags.FlagKind.MILLISECONDS;
import static dev.quorate.node.flags.FlagKind.NUMBER;
import static dev.quorate.node.flags.FlagKind.PATH;
import static dev.quorate.node.flags.FlagKind.TEXT;

import java.util.ArrayList;
import java.util.List;

/** Logs, metrics, checks, and what etcd's storage needs and ours does not. */
final class OperationFlags {
  static final FlagGroup LOGGING =
      new FlagGroup(
          "Logs",
          works(
              "log-level",
              TEXT,
              "info",
              "debug, info, warn or error (panic, dpanic and fatal mean error)."),
          works(
              "log-outputs",
              LIST,
              "default",
              "stderr (which default means too), stdout, or files to append to."),
          works("log-format", TEXT, "json", "json, or console for people."),
          noEffect("logger", TEXT, "zap", "there is one logger, and its lines are JSON too"),
          refused(
              "enable-log-rotation",
              BOOLEAN,
              "false",
              "log to stderr and let the platform rotate, or use logrotate with copytruncate"),
          noEffect("log-rotation-config-json", TEXT, "{...}", "log files are not rotated"));

  private static final String NO_TRACING = "traces are not sent";

  static final FlagGroup MONITORING =
      new FlagGroup(
          "Monitoring",
          works(
              "metrics",
              TEXT,
              "basic",
              "basic, or extensive with the histogram grpc_server_handling_seconds."),
          noEffect("enable-pprof", BOOLEAN, "false", "use the JDK's jcmd and flight recorder"),
          noEffect(
              "warning-apply-duration",
              DURATION,
              "100ms",
              "not logged: etcd_server_slow_apply_total counts what takes more than 100ms"),
          noEffect(
              "warning-unary-request-duration",
              DURATION,
              "300ms",
              "not logged: see grpc_server_handling_seconds, with --metrics=extensive"),
          refused(
              "enable-distributed-tracing",
              BOOLEAN,
              "false",
              "there is no tracing in this version: leave it out"),
          noEffect("distributed-tracing-address", TEXT, "localhost:4317", NO_TRACING),
          noEffect("distributed-tracing-service-name", TEXT, "etcd", NO_TRACING),
          noEffect("distributed-tracing-instance-id", TEXT, "", NO_TRACING),
          noEffect("distributed-tracing-sampling-rate", NUMBER, "0", NO_TRACING));

  static final FlagGroup CHECKS =
      new FlagGroup(
          "Checks and features",
          works(
              "corrupt-check-time",
              DURATION,
              "1m",
              "How often the leader compares the members at the newest revision while anything"
                  + " changes; 0s means never, which is etcd's default."),
          works(
              "compact-hash-check-time",
              DURATION,
              "1m",
              "How often it compares them at a new compacted revision, if that is switched on."),
          works(
              "experimental-compact-hash-check-enabled",
              BOOLEAN,
              "false",
              "Compare the members after compactions; also --feature-gates=CompactHashCheck=true."),
          works(
              "experimental-initial-corrupt-check",
              BOOLEAN,
              "false",
              "Compare this member with the others before it serves, and refuse to start if it"
                  + " differs; also --feature-gates=InitialCorruptCheck=true."),
          works(
              "feature-gates",
              GATES,
              "",
              "etcd's gates: CompactHashCheck and InitialCorruptCheck work, the others have no"
                  + " counterpart here and are accepted; unknown names are refused."),
          noEffect("downgrade-check-time", DURATION, "5s", "there are no downgrades to watch"));

  private static final String OWN_STORAGE = "RocksDB and our log have no such setting to tune";
  private static final String NO_DEFRAGMENTATION = "there is nothing to defragment";

  static final FlagGroup STORAGE =
      new FlagGroup(
          "Storage",
          refused(
              "wal-dir",
              PATH,
              "",
              "the log is kept in --data-dir: put that on the faster disk, or mount the disk at its"
                  + " folder log"),
          refused(
              "unsafe-no-fsync",
              BOOLEAN,
              "false",
              "acknowledged writes would be lost: leave it out; for tests use a data directory in"
                  + " memory (tmpfs)"),
          refused(
              "force-new-cluster",
              BOOLEAN,
              "false",
              "it would silently drop what other members have acknowledged: begin a new cluster"
                  + " from a backup"),
          noEffect("snapshot-count", NUMBER, "10000", OWN_STORAGE),
          noEffect("snapshot-catchup-entries", NUMBER, "5000", "chosen by what members lack"),
          noEffect("max-snapshots", NUMBER, "5", OWN_STORAGE),
          noEffect("max-wals", NUMBER, "5", OWN_STORAGE),
          noEffect("memory-mlock", BOOLEAN, "false", "memory is bounded and not mapped"),
          noEffect("backend-batch-interval", DURATION, "0s", OWN_STORAGE),
          noEffect("backend-batch-limit", NUMBER, "0", OWN_STORAGE),
          noEffect("backend-bbolt-freelist-type", TEXT, "map", OWN_STORAGE),
          noEffect("compaction-batch-limit", NUMBER, "1000", OWN_STORAGE),
          noEffect("compaction-sleep-interval", DURATION, "10ms", OWN_STORAGE),
          noEffect("bootstrap-defrag-threshold-megabytes", NUMBER, "0", NO_DEFRAGMENTATION));

  static final FlagGroup OWN =
      new FlagGroup(
          "Quorate's own",
          works(
              "managed",
              BOOLEAN,
              "false",
              "Without data wait to be told by the operator instead of starting a cluster; the"
                  + " --initial-cluster flags are then refused."),
          works(
              "adaptive-election-timeout-min",
              MILLISECONDS,
              "0",
              "Milliseconds, at least 5 heartbeats: the election timeout adapts to round trips and"
                  + " syncs, from this up to --election-timeout; 0: it does not. See timeouts.md."),
          works(
              "admin-trusted-ca-file",
              PATH,
              "",
              "Who signs for the operator (PEM); Admin on the peer port is then open to its"
                  + " certificates alone, and they open nothing else there."),
          works(
              "admin-cert-allowed-cn",
              LIST,
              "",
              "Take only callers of Admin with one of these common names; needs"
                  + " --admin-trusted-ca-file."),
          works(
              "client-cert-optional",
              BOOLEAN,
              "false",
              "Clients may come without a certificate; one that is shown must be good. Needs"
                  + " --trusted-ca-file."),
          works(
              "exit-with-stdin",
              BOOLEAN,
              "false",
              "Stop when standard input ends, as it does when the process that started the node is"
                  + " gone."));

  static final FlagGroup OLD = new FlagGroup("Of old versions of etcd", old());

  private OperationFlags() {}

  private static List<Flag> old() {
    var flags = new ArrayList<Flag>();
    flags.add(
        refused("enable-v2", BOOLEAN, "false", "there is no v2 API: move clients to the v3 API"));
    flags.add(
        refused("proxy", TEXT, "off", "there is no v2 proxy: connect clients to the members"));
    for (String name :
        List.of(
            "failure-wait", "refresh-interval", "dial-timeout", "write-timeout", "read-timeout")) {
      flags.add(noEffect("proxy-" + name, NUMBER, "", "there is no v2 proxy"));
    }
    flags.add(noEffect("v2-deprecation", TEXT, "write-only", "there is no v2 store"));
    for (String name :
        List.of(
            "stop-grpc-service-on-defrag",
            "txn-mode-write-with-shared-buffer",
            "enable-lease-checkpoint",
            "enable-lease-checkpoint-persist",
            "set-member-localaddr",
            "snapshot-catch-up-entries")) {
      FlagKind kind = name.endsWith("entries") ? NUMBER : BOOLEAN;
      flags.add(
          noEffect("experimental-" + name, kind, "", "what it switches has no counterpart here"));
    }
    for (String name :
        List.of(
            "cluster-active-size",
            "cluster-remove-delay",
            "cluster-sync-interval",
            "config",
            "force",
            "max-result-buffer",
            "max-retry-attempts",
            "peer-heartbeat-interval",
            "peer-election-timeout",
            "retry-interval",
            "snapshot",
            "v",
            "vv")) {
      flags.add(noEffect(name, BOOLEAN, "", "etcd ignores it too"));
    }
    return List.copyOf(flags);
  }
}

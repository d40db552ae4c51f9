package dev.quorate.node.flags;

import static dev.quorate.node.flags.Flag.noEffect;
import static dev.quorate.node.flags.Flag.works;
import static dev.quorate.node.flags.FlagKind.BOOLEAN;
import static dev.quorate.node.flags.FlagKind.BYTES;
import static dev.quorate.node.flags.FlagKind.DURATION;
import static dev.quorate.node.flags.FlagKind.LIST;
import static dev.quorate.node.flags.FlagKind.MILLISECONDS;
import static dev.quorate.node.flags.FlagKind.NUMBER;
import static dev.quorate.node.flags.FlagKind.PATH;
import static dev.quorate.node.flags.FlagKind.SIGNED;
import static dev.quorate.node.flags.FlagKind.TEXT;
import static dev.quorate.node.flags.FlagKind.URLS;

/** What one member is, where it listens, and what its clients may do. */
final class MemberFlags {
  static final FlagGroup MEMBER =
      new FlagGroup(
          "Member",
          works("name", TEXT, "default", "Name of this member."),
          works("data-dir", PATH, "NAME.etcd", "Folder that holds the member's data."),
          works(
              "config-file",
              PATH,
              "",
              "YAML with these names as keys; all other flags and variables are then ignored."),
          works("listen-peer-urls", URLS, "http://localhost:2380", "Where to listen for members."),
          works(
              "listen-client-urls",
              URLS,
              "http://localhost:2379",
              "Where to listen for clients (gRPC and HTTP/1)."),
          works(
              "listen-client-http-urls",
              URLS,
              "",
              "Where to listen for HTTP/1 alone; the client URLs then speak gRPC alone."),
          works(
              "listen-metrics-urls",
              URLS,
              "nowhere; http://0.0.0.0:2381 with --managed",
              "Where to listen for /metrics, /health, /livez and /readyz besides the client port."),
          works(
              "heartbeat-interval",
              MILLISECONDS,
              "100",
              "Milliseconds between a leader's heartbeats."),
          works(
              "election-timeout",
              MILLISECONDS,
              "1000",
              "Milliseconds without a leader before an election; at least 5 heartbeats."),
          works("socket-reuse-port", BOOLEAN, "false", "Listen with SO_REUSEPORT."),
          noEffect("socket-reuse-address", BOOLEAN, "false", "SO_REUSEADDR is always set"),
          noEffect(
              "initial-election-tick-advance",
              BOOLEAN,
              "true",
              "always on: a member that starts asks early whether it could win"),
          noEffect(
              "raft-read-timeout",
              DURATION,
              "5s",
              "peers are pinged, and dropped after 15 s of silence"),
          noEffect(
              "raft-write-timeout",
              DURATION,
              "5s",
              "peers are pinged, and dropped after 15 s of silence"));

  static final FlagGroup CLIENTS =
      new FlagGroup(
          "Clients",
          works(
              "quota-backend-bytes",
              SIGNED,
              "0",
              "Size of the data above which writes are refused; 0: 2 GiB, negative: no limit."),
          works("max-request-bytes", BYTES, "1572864", "Largest request; at most 10 MiB."),
          works("max-txn-ops", NUMBER, "128", "Most operations of one transaction."),
          works(
              "max-concurrent-streams",
              NUMBER,
              "4294967295",
              "Most calls that one connection has at a time."),
          works(
              "grpc-keepalive-min-time",
              DURATION,
              "5s",
              "A client that pings more often than this is cut off."),
          works(
              "grpc-keepalive-interval",
              DURATION,
              "2h",
              "How long a connection is silent before it is pinged; 0: never."),
          works(
              "grpc-keepalive-timeout",
              DURATION,
              "20s",
              "How long a pinged client may take to answer."),
          works("enable-grpc-gateway", BOOLEAN, "true", "Serve the JSON gateway, /v3/..."),
          works(
              "cors",
              LIST,
              "*",
              "Origins (http://HOST:PORT) whose web pages may read answers; empty or *: all."),
          works(
              "host-whitelist",
              LIST,
              "*",
              "Names by which clients may call a port without TLS over HTTP/1; empty or *: all."),
          works(
              "watch-progress-notify-interval",
              DURATION,
              "10m",
              "How often a quiet watch that asks for it hears how far it is; at least 100ms."));

  private MemberFlags() {}
}

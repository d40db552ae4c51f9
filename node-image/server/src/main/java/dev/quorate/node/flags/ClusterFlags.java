package dev.quorate.node.flags;

import static dev.quorate.node.flags.Flag.noEffect;
import static dev.quorate.node.flags.Flag.refused;
import static dev.quorate.node.flags.Flag.works;
import static dev.quorate.node.flags.FlagKind.BOOLEAN;
import static dev.quorate.node.flags.FlagKind.DURATION;
import static dev.quorate.node.flags.FlagKind.LIST;
import static dev.quorate.node.flags.FlagKind.NUMBER;
import static dev.quorate.node.flags.FlagKind.TEXT;
import static dev.quorate.node.flags.FlagKind.URLS;

import java.util.List;

/** How members find each other, and what the cluster does by itself. */
final class ClusterFlags {
  static final FlagGroup CLUSTER =
      new FlagGroup(
          "Cluster",
          works(
              "initial-advertise-peer-urls",
              URLS,
              "http://localhost:2380",
              "Where the other members reach this one."),
          works(
              "advertise-client-urls",
              URLS,
              "http://localhost:2379",
              "Where clients reach this member; needed with --listen-client-urls."),
          works(
              "initial-cluster",
              TEXT,
              "NAME=its peer URLs",
              "All members that start the cluster together, as NAME=URL,...; one without data waits to hear the others."),
          works(
              "initial-cluster-state",
              TEXT,
              "new",
              "new, or existing to join after \"etcdctl member add\" on the cluster."),
          works(
              "initial-cluster-token",
              TEXT,
              "etcd-cluster",
              "Keeps clusters with equal members apart."),
          works("max-learners", NUMBER, "1", "Most learners that the cluster has at a time."),
          works(
              "auto-compaction-mode",
              TEXT,
              "periodic",
              "periodic: keep a time of history; revision: keep a number of revisions."),
          works(
              "auto-compaction-retention",
              TEXT,
              "0",
              "How much history to keep: 5m, or 5 for hours; with revision a number. 0: all."),
          noEffect(
              "strict-reconfig-check",
              BOOLEAN,
              "true",
              "always on: changes of members that would lose quorum are refused"),
          noEffect(
              "pre-vote", BOOLEAN, "true", "always on: no election begins that could not be won"));

  private static final String NO_DISCOVERY =
      "there is no discovery service: name the members in --initial-cluster, or let the operator"
          + " form the cluster";

  static final FlagGroup DISCOVERY =
      new FlagGroup(
          "Discovery",
          List.of(
              refused("discovery", TEXT, "", NO_DISCOVERY),
              refused("discovery-endpoints", LIST, "", NO_DISCOVERY),
              refused("discovery-token", TEXT, "", NO_DISCOVERY),
              refused("discovery-srv", TEXT, "", NO_DISCOVERY),
              refused("discovery-srv-name", TEXT, "", NO_DISCOVERY),
              refused("discovery-proxy", TEXT, "", NO_DISCOVERY),
              refused("discovery-cert", TEXT, "", NO_DISCOVERY),
              refused("discovery-key", TEXT, "", NO_DISCOVERY),
              refused("discovery-cacert", TEXT, "", NO_DISCOVERY),
              refused("discovery-user", TEXT, "", NO_DISCOVERY),
              refused("discovery-password", TEXT, "", NO_DISCOVERY),
              noEffect("discovery-fallback", TEXT, "exit", "there is no discovery service"),
              noEffect("discovery-dial-timeout", DURATION, "2s", "there is no discovery service"),
              noEffect(
                  "discovery-request-timeout", DURATION, "5s", "there is no discovery service"),
              noEffect("discovery-keepalive-time", DURATION, "2s", "there is no discovery service"),
              noEffect(
                  "discovery-keepalive-timeout", DURATION, "6s", "there is no discovery service"),
              noEffect(
                  "discovery-insecure-transport", BOOLEAN, "true", "there is no discovery service"),
              noEffect(
                  "discovery-insecure-skip-tls-verify",
                  BOOLEAN,
                  "false",
                  "there is no discovery service")));

  private ClusterFlags() {}
}

package dev.quorate.operator.platform.local;

import dev.quorate.operator.platform.MemberAddress;

/** Loopback ports of one member; they stay the same as long as its directory is there. */
record MemberPorts(int client, int peer, int metrics) {
  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  String clientUrl() {
    return url(client);
  }

  String peerUrl() {
    return url(peer);
  }

  String metricsUrl() {
    return url(metrics);
  }

  MemberAddress address() {
    return new MemberAddress(peerUrl(), clientUrl());
  }
}

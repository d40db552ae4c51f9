package dev.quorate.node;

import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.TlsReport;
import dev.quorate.node.rpc.NodeControl;
import dev.quorate.node.rpc.ServingMember;
import dev.quorate.node.tls.ReloadedTls;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node of which the status also tells which certificates are in use. */
record TlsTellingNode(NodeControl node, NodeTls tls) implements NodeControl {
  @Override
  public NodeStatus status() {
    var clients = tls.clients();
    var peers = tls.peers();
    if (clients == null && peers == null) {
      return node.status();
    }
    var status = node.status().toBuilder();
    if (clients != null) {
      status.setClientTls(report(clients));
    }
    if (peers != null) {
      status.setPeerTls(report(peers));
    }
    return status.build();
  }

  private static TlsReport report(ReloadedTls tls) {
    var now = tls.inUse();
    return TlsReport.newBuilder()
        .setCertificate(now.certificate())
        .addAllTrusted(now.trusted())
        .addAllAdminTrusted(now.adminTrusted())
        .build();
  }

  @Override
  public void compareState(ServingMember leader, long memberId, long token) {
    node.compareState(leader, memberId, token);
  }

  @Override
  public Runnable onChange(Runnable listener) {
    return node.onChange(listener);
  }

  @Override
  public CompletableFuture<Void> bootstrap(long clusterId) {
    return node.bootstrap(clusterId);
  }

  @Override
  public CompletableFuture<Void> join(long clusterId, long memberId, List<String> peerUrls) {
    return node.join(clusterId, memberId, peerUrls);
  }
}

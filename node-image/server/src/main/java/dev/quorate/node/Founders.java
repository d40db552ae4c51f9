package dev.quorate.node;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.NodeIdentity;
import java.util.ArrayList;
import java.util.List;

/** The first members of the cluster that the flags describe, and which of them this node is. */
record Founders(NodeIdentity self, List<Member> members) {

  static Founders of(NodeConfig config) {
    return of(config.initialCluster(), config.name(), config.initialClusterToken());
  }

  /** Every node that has the same flags comes to the same ids. */
  static Founders of(InitialCluster cluster, String name, String token) {
    var members = new ArrayList<Member>();
    for (var named : cluster.members().entrySet()) {
      var urls = NodeUrl.toStrings(named.getValue());
      members.add(
          Member.newBuilder()
              .setID(MemberIds.memberId(urls, token))
              .setName(named.getKey())
              .addAllPeerURLs(urls)
              .build());
    }
    long clusterId = MemberIds.clusterId(members.stream().map(Member::getID).toList());
    var ownUrls = NodeUrl.toStrings(cluster.urlsOf(name));
    return new Founders(
        new NodeIdentity(clusterId, MemberIds.memberId(ownUrls, token)), List.copyOf(members));
  }
}

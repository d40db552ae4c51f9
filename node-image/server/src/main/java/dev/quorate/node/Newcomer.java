package dev.quorate.node;

import dev.quorate.node.replication.NodeIdentity;
import io.grpc.ChannelCredentials;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.List;

/**
 * A node without data: asks the others which member it may become, before it writes anything.
 *
 * <p>A member that has been started before has voted, and its word counts in what is acknowledged.
 * Under its old identity and without its data it would vote again and elect a leader that lacks
 * acknowledged writes, so it must never come back: it is removed, and a new one is added.
 */
record Newcomer(NodeConfig config, ChannelCredentials towardsPeers, EventLoopGroup eventLoops) {

  /** What founds a new cluster, if the others do not know better. */
  FoundingQuestions founding() {
    return new FoundingQuestions(
        Founders.of(config), config.dataDirectory(), towardsPeers, eventLoops);
  }

  /** The member that the flags describe, of the cluster that is there. */
  NodeIdentity joining() throws StartException {
    var others = others();
    if (others.isEmpty()) {
      throw new StartException(
          "--initial-cluster-state=existing needs the other members in --initial-cluster: add them");
    }
    KnownCluster cluster = KnownCluster.ask(others, towardsPeers, eventLoops);
    long id = cluster.memberWith(NodeUrl.toStrings(config.advertisePeerUrls()));
    refuseIfStarted(cluster, id);
    return new NodeIdentity(cluster.clusterId(), id);
  }

  /** The member that {@code Admin.Join} names, if the members there know it. */
  NodeIdentity joining(NodeIdentity wanted, List<String> peerUrls) throws StartException {
    KnownCluster cluster = KnownCluster.ask(peerUrls, towardsPeers, eventLoops);
    if (cluster.clusterId() != wanted.clusterId() || !cluster.hasMember(wanted.memberId())) {
      throw new StartException(
          "the members at %s are of cluster %x and do not know a member %x of cluster %x: add it first"
              .formatted(peerUrls, cluster.clusterId(), wanted.memberId(), wanted.clusterId()));
    }
    refuseIfStarted(cluster, wanted.memberId());
    return wanted;
  }

  private void refuseIfStarted(KnownCluster cluster, long id) throws StartException {
    if (cluster.hasStarted(id)) {
      throw startedBefore(id, config.dataDirectory());
    }
  }

  static StartException startedBefore(long id, Path dataDirectory) {
    return new StartException(
        "member %x has already been bootstrapped, but there is no data in %s: bring the data back, or remove this member and add a new one"
            .formatted(id, dataDirectory));
  }

  private List<String> others() {
    return config.initialCluster().urlsBeside(config.name());
  }
}

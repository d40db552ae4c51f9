package dev.quorate.node;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.storage.StorageException;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a node that is Idle becomes a member when the operator says so. */
final class ManagedStart {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedStart.class);

  private final Node node;
  private final Executor steps;

  ManagedStart(Node node, Executor steps) {
    this.node = node;
    this.steps = steps;
  }

  CompletableFuture<Void> bootstrap(long clusterId) {
    return step(
        empty -> {
          var config = node.config();
          var urls = NodeUrl.toStrings(config.advertisePeerUrls());
          long id = MemberIds.memberId(urls, Long.toHexString(clusterId));
          var self =
              Member.newBuilder().setID(id).setName(config.name()).addAllPeerURLs(urls).build();
          node.found(empty, new Founders(new NodeIdentity(clusterId, id), List.of(self)));
        },
        known -> known.clusterId() == clusterId);
  }

  CompletableFuture<Void> join(long clusterId, long memberId, List<String> peerUrls) {
    var wanted = new NodeIdentity(clusterId, memberId);
    return step(
        empty -> node.joined(empty, node.newcomer().joining(wanted, peerUrls)), wanted::equals);
  }

  /** What makes an empty node a member. */
  private interface Beginning {
    void begin(MemberData empty) throws StartException;
  }

  /** Takes the step if the node is Idle; it has succeeded already if the node is what it makes. */
  private CompletableFuture<Void> step(Beginning beginning, Predicate<NodeIdentity> sameAs) {
    return CompletableFuture.runAsync(
        () -> {
          NodeLife.Now now = node.life().now();
          NodeIdentity known = node.identity();
          if (now.state() == NodeState.RUNNING && known != null && sameAs.test(known)) {
            return;
          }
          MemberData empty = node.data();
          if (now.state() != NodeState.IDLE || empty == null) {
            throw refused(
                known == null
                    ? "this node is %s: %s".formatted(now.state(), now.reason())
                    : "this node is %s and has the data of member %x of cluster %x"
                        .formatted(now.state(), known.memberId(), known.clusterId()));
          }
          try {
            NodeIdentity begun = empty.identity();
            if (begun == null) {
              beginning.begin(empty);
            } else if (sameAs.test(begun)) {
              // An earlier attempt made the data and could not go on with it.
              node.goOn(begun, empty);
            } else {
              throw new StartException(
                  "this node has the data of member %x of cluster %x"
                      .formatted(begun.memberId(), begun.clusterId()));
            }
          } catch (StartException | StorageException e) {
            LOG.warn("still idle: {}", e.getMessage());
            throw refused(String.valueOf(e.getMessage()));
          }
        },
        steps);
  }

  private static RuntimeException refused(String why) {
    return Status.FAILED_PRECONDITION.withDescription("quorate: " + why).asRuntimeException();
  }
}

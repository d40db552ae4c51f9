package dev.quorate.node.replication;

import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RestoredState;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the core of a member that starts. */
final class CoreStart {
  private static final Logger LOG = LoggerFactory.getLogger(CoreStart.class);

  private CoreStart() {}

  static RaftNode of(
      ReplicaConfig config, NodeIdentity identity, RestoredState restored, RandomGenerator random) {
    var raftConfig = config.raft(identity.memberId());
    var id = Long.toHexString(identity.memberId());
    var node =
        new RaftNode(raftConfig, restored, random, text -> LOG.info("member {} {}", id, text));
    // A leader that lives is heard of within a heartbeat, so a start need not wait for a whole
    // election timeout before it asks for pre-votes.
    int early = raftConfig.electionTimeoutTicks() - 2 * raftConfig.heartbeatTicks();
    for (int i = 0; i < early; i++) {
      node.tick();
    }
    return node;
  }
}

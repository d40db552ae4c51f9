package dev.quorate.node;

import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.replication.ReplicaStatus;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a member and its clients while the cluster says that it holds something else than
 * the others. Its vote stays: the log is sound, or the member would have stopped.
 */
final class Fence {
  private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

  private final NodeLife life;
  private boolean closed;
  private boolean forGood;

  Fence(NodeLife life) {
    this.life = life;
  }

  /**
   * Lets clients in or not, and changes what the node says that it is, if its status asks so.
   *
   * @param newest asked in turn: of two that came at once the older one would be followed last
   */
  synchronized void follow(
      Supplier<ReplicaStatus> newest, Runnable refuseClients, Runnable serveClients) {
    var status = newest.get();
    long self = status.raft().id();
    if (status.members().isRemoved(self)) {
      // What a removed member knows grows old without anybody noticing.
      refuseClients.run();
      return;
    }
    var corrupt = AlarmMember.newBuilder().setMemberID(self).setAlarm(AlarmType.CORRUPT).build();
    boolean closes = status.members().alarms().contains(corrupt);
    if (forGood || closes == closed || life.now().state() == NodeState.TERMINATED) {
      return;
    }
    closed = closes;
    if (closes) {
      refuseClients.run();
      String reason = reason(self);
      LOG.error("{}", reason);
      life.paused(NodeFault.DATA_LOST, reason);
    } else {
      LOG.warn("the alarm CORRUPT of this member was cleared: it serves again");
      serveClients.run();
      life.running();
    }
  }

  /**
   * Never opens again, whatever the cluster says.
   *
   * @return true the first time
   */
  synchronized boolean closeForGood() {
    boolean first = !forGood;
    forGood = true;
    return first;
  }

  private static String reason(long memberId) {
    return ("member %x holds something else than the majority (alarm CORRUPT): replace it; if it is"
            + " sound after all, clear the alarm with \"etcdctl alarm disarm\" on another member")
        .formatted(memberId);
  }
}

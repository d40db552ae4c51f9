package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.util.function.Consumer;

/** What reconciles clusters during one leadership, and the connections that it needs for that. */
public interface ReconcilePass extends AutoCloseable {
  /** Makes one for a leadership that has just begun. */
  @FunctionalInterface
  interface Factory {
    /**
     * Begins the work of one leadership.
     *
     * @param fencingEpoch greater than that of any leadership before
     * @param onMemberChange to be told the cluster of a member that says that it changed
     */
    ReconcilePass begin(long fencingEpoch, Consumer<ClusterKey> onMemberChange);
  }

  ReconcileOutcome reconcile(RaftCluster cluster, Platform platform);

  /** The cluster is gone, and with it the need for connections to its members. */
  void forget(ClusterKey cluster);

  @Override
  void close();
}

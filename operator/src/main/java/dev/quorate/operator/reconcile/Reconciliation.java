package dev.quorate.operator.reconcile;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import java.time.InstantSource;
import java.util.function.Consumer;

/** The reconciling of clusters during one leadership, with the connections to their members. */
public final class Reconciliation implements AutoCloseable {
  private final MemberConnections connections;
  private final ClusterReconciler reconciler;

  /**
   * @param fencingEpoch greater than that of any leadership before
   * @param onMemberChange to be told the cluster of a member that says that it changed
   */
  public Reconciliation(
      CertificateTimes times,
      InstantSource clock,
      long fencingEpoch,
      Consumer<ClusterKey> onMemberChange) {
    this.connections = new MemberConnections(onMemberChange);
    this.reconciler =
        new ClusterReconciler(connections, times, clock, () -> fencingEpoch, clock.instant());
  }

  public ReconcileOutcome reconcile(RaftCluster cluster, Platform platform) {
    return reconciler.reconcile(cluster, platform);
  }

  /** The cluster is gone, and with it the need for connections to its members. */
  public void forget(ClusterKey cluster) {
    connections.forget(cluster);
  }

  @Override
  public void close() {
    connections.close();
  }
}

package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.util.function.Consumer;

/** What the controller needs of the reconciler of clusters, for one leadership. */
public interface ReconcilePass extends AutoCloseable {
  ReconcileOutcome reconcile(RaftCluster cluster, Platform platform);

  /** From now on the listener is told of clusters of which a member said that it changed. */
  void onMemberChange(Consumer<ClusterKey> listener);

  @Override
  void close();
}

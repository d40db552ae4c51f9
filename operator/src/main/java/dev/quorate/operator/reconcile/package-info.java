/**
 * One pass over one cluster: observe, validate, plan, guard, act, status. The entry is {@code
 * ClusterReconciler.reconcile(RaftCluster, Platform)}; a platform may be made for one pass.
 */
@NullMarked
package dev.quorate.operator.reconcile;

import org.jspecify.annotations.NullMarked;

/**
 * Runs members on Kubernetes: one StatefulSet of one replica each, written by server-side apply.
 *
 * <p>{@code KubernetesRunner} holds the leader Lease and starts the {@code RaftClusterController},
 * which hands each cluster that changed to {@code reconcile.ClusterReconciler}; what that decides
 * comes back through {@code KubernetesPlatform}. No policy lives here.
 */
@NullMarked
package dev.quorate.operator.platform.kubernetes;

import org.jspecify.annotations.NullMarked;

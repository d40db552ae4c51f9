/**
 * Quorate on a real Kubernetes: three nodes with real kubelets, started by {@code e2e/kubernetes},
 * the images, charts and manifests that users get, {@code kubectl}, {@code helm} and {@code
 * etcdctl} as users have them.
 */
@NullMarked
package dev.quorate.e2e.kubernetes;

import org.jspecify.annotations.NullMarked;

/**
 * What the operator costs with many clusters: the operator is the real program, etcd and
 * kube-apiserver are the real ones, and only what runs pods and what runs in them is simulated.
 *
 * <p>{@code ScaleCommand} starts with each number of clusters a {@code ScaleRun} of its own. That
 * one starts {@code ApiServer}, {@code SimulatedKubelet} with its {@code SimulatedMembers}, and the
 * {@code OperatorProcess}; what is measured comes from the API server's audit log and from the
 * operator's metrics.
 */
@NullMarked
package dev.quorate.operator.benchmark;

import org.jspecify.annotations.NullMarked;

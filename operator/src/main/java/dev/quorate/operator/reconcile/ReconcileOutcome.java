package dev.quorate.operator.reconcile;

import dev.quorate.crds.RaftClusterStatus;
import java.time.Duration;

/**
 * How a pass ended.
 *
 * @param status as published last
 * @param lookAgain when to reconcile again at the latest if nothing happens before
 */
public record ReconcileOutcome(RaftClusterStatus status, Duration lookAgain) {}

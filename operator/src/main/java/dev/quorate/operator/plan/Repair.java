package dev.quorate.operator.plan;

import java.time.Instant;

/**
 * Something that was done to a member to repair the cluster; kept for an hour, to keep within a
 * budget.
 *
 * @param action its kind
 */
public record Repair(String action, String member, Instant at) {}

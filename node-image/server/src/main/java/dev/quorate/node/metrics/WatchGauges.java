package dev.quorate.node.metrics;

/**
 * How the watches of a member are.
 *
 * @param slowWatchers those that have to catch up
 * @param sentEvents since the start
 * @param pendingEvents those that wait in memory for their clients
 */
public record WatchGauges(
    long streams, long watchers, long slowWatchers, long sentEvents, long pendingEvents) {}

package dev.quorate.node.metrics;

import java.util.List;

/**
 * Where a node is in its life.
 *
 * @param states all that there are, so that each has a sample
 * @param fault why it does not serve; empty when nothing is wrong
 */
public record NodeCondition(String state, List<String> states, String fault) {}

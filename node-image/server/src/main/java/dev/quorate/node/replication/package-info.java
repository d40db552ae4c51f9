/**
 * Turns the pure core into a running node: the raft, log and apply loops, and the gateways into
 * them.
 */
@NullMarked
package dev.quorate.node.replication;

import org.jspecify.annotations.NullMarked;

/**
 * The key-value state machine: revisions, ranges, transactions. No clock, no network, no disk but
 * through storage.
 */
@NullMarked
package dev.quorate.node.kv;

import org.jspecify.annotations.NullMarked;

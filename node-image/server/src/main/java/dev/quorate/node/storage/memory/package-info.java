/**
 * Log and state without a disk, for tests and the simulator: deterministic, and able to crash the
 * way a disk does, losing what was not yet made durable.
 */
@NullMarked
package dev.quorate.node.storage.memory;

import org.jspecify.annotations.NullMarked;

/**
 * What a leader knows of leases beyond the log: when they end, which are due, and how fast they may
 * be revoked. Pure: time comes in as milliseconds of any clock that never goes back; {@code
 * replication.LeaseLoop} drives it.
 */
@NullMarked
package dev.quorate.node.lease;

import org.jspecify.annotations.NullMarked;

/**
 * The two things a disk must do for a node, as interfaces: keep the log ({@link
 * dev.quorate.node.storage.LogStorage}) and keep the state ({@link
 * dev.quorate.node.storage.StateStorage}). {@code wal} and {@code rocksdb} implement them for
 * disks, {@code memory} for tests and simulations.
 */
@NullMarked
package dev.quorate.node.storage;

import org.jspecify.annotations.NullMarked;

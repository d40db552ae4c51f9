/**
 * The state in RocksDB, one column family per table, without RocksDB's own log: the Raft log is the
 * log. After a crash the state is what the last flush left, in all tables alike (atomic flush), and
 * the node applies the entries after it again.
 */
@NullMarked
package dev.quorate.node.storage.rocksdb;

import org.jspecify.annotations.NullMarked;

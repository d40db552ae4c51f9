/**
 * Whole clusters on virtual time in one thread: the code that a node runs, on a simulated network
 * and simulated disks, with faults drawn from a seed. The same seed gives the same run.
 *
 * <pre>
 *   Simulation ---- Timeline (one queue of events by time, then order of scheduling)
 *     |-- SimulatedNode -- Incarnation: a Replica and a WatchHub   dies in a crash
 *     |        |               |-- SimulatedExecution              their loops, workers and clock
 *     |        |               |-- SimulatedTransport              their peers
 *     |        |---------- SimulatedDisk                           what a crash leaves: DataDirectory
 *     |                                                            and SegmentedLog on disk.DiskTree
 *     |-- SimulatedNetwork, FaultInjector, Administrator           driven by FaultPlan
 *     |-- Workload, LeaseHolders, Watchers                         the clients
 *     |-- CommittedHistory                                         what really happened
 *     |-- InvariantChecker after every event, LinearizabilityChecker at the end
 * </pre>
 *
 * <p>What is the node's own: the core, all loops and gateways of {@code replication}, the state
 * machine, leases, watches, the data directory, the write-ahead log, the transfer of states. What
 * is not: RocksDB, which has threads and files of its own (the state's tables are in memory and
 * have its promise: after a crash they are as of the last flush), gRPC and what is in front of the
 * gateways, and the orderly stop of a member, which waits on a thread of its own.
 *
 * <p>A turn of a loop happens at one moment of virtual time, after the time that it takes: a log
 * loop's turn is one sync. A power cut may come in the middle of a turn, at any write, sync or
 * rename.
 */
@NullMarked
package dev.quorate.simulator;

import org.jspecify.annotations.NullMarked;

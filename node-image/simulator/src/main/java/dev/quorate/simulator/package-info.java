/**
 * Whole clusters on virtual time: real cores and real state machines on a simulated network and
 * simulated disks, with faults drawn from a seed. The same seed gives the same run.
 *
 * <pre>
 *   Simulation ---- Timeline (one queue of events by time, then order of scheduling)
 *     |-- SimulatedNode -- Incarnation (RaftNode + KvStateMachine)   dies in a crash
 *     |        |---------- SimulatedDisk                              what a crash leaves
 *     |-- SimulatedNetwork, FaultInjector, Administrator, Workload    driven by FaultPlan
 *     |-- InvariantChecker after every event, LinearizabilityChecker at the end
 * </pre>
 */
@NullMarked
package dev.quorate.simulator;

import org.jspecify.annotations.NullMarked;

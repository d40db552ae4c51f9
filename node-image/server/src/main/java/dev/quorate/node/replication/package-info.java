/**
 * Turns the pure core into a running member: its loops, the gateways into them, and what moves a
 * whole state between members. {@link dev.quorate.node.replication.Replica} puts it together.
 *
 * <p>The way of a put, with the class at each step:
 *
 * <pre>
 *  client's event loop     1  rpc.KvService.put
 *                          2  ProposalGateway.submit      one of PendingProposals; full: refused
 *                                 | Mailbox
 *  raft loop               3  NodeLoop.turn               takes all that waits
 *                             ProposalGateway.propose --> RaftNode.propose (a follower forwards)
 *                          4  ReadyHandler.handle(RaftNode.ready)
 *                                 |          \--------> PeerTransport.send: appends leave now
 *                                 | Mailbox
 *  log loop                5  LogWriter.turn              LogStorage.append, one sync for all
 *                                 |          \--------> PeerTransport.send: replies leave now
 *                                 | Persisted
 *  peer                    6  GrpcPeerService -> Mailbox -> NodeLoop -> RaftNode.step, its own 4, 5
 *  raft loop               7  NodeLoop.turn               the majority is durable: committed
 *                             ReadyHandler.handle
 *                                 | Mailbox
 *  apply loop              8  Applier.turn                KvStateMachine.apply, one batch for all
 *                                 | Applied, to the raft loop
 *                          9  PendingProposals.take       the futures of a round, in one go
 *                         10  rpc.KvService answers
 * </pre>
 *
 * <p>A linearizable read: {@code ReadGateway.linearizable}, Mailbox, {@code RaftNode.requestRead}
 * for all that wait, one round of heartbeats, {@code Applied} up to the granted index, and the
 * callbacks of the batch read the state on a reader thread.
 *
 * <p>A lease: granted and revoked as a put is written. {@code LeaseQuestions} takes a renewal to
 * the leader, whose {@code LeaseLoop} has the round of heartbeats of a read confirm that it leads,
 * moves the deadline, and proposes what ends a lease whose deadline has passed.
 *
 * <p>A whole state: {@code Ready.snapshotsWanted}, {@code SnapshotSender}, a checkpoint between two
 * rounds of {@code Applier}, {@code PeerTransport.sendState}, the peer's {@code SnapshotReceiver}
 * and raft loop, its {@code Applier} swaps the states, and only then its {@code LogWriter} lets the
 * log begin anew.
 *
 * <p>No loop waits for another one or for a worker, and all of them ask an {@link
 * dev.quorate.node.execution.Execution} for the time and for threads: so the simulator runs them,
 * as they are, in one thread on virtual time.
 *
 * <p>Only the log loop and the apply loop wait for a disk, so a slow one delays no heartbeat. If
 * the log's disk stands still while a majority goes on, the core hands leadership over and {@code
 * NodeLoop} refuses clients. What any loop throws ends the member.
 */
@NullMarked
package dev.quorate.node.replication;

import org.jspecify.annotations.NullMarked;

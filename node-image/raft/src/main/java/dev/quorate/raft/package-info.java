/**
 * The Raft core: a pure function of its inputs, with no IO, clock, thread, lock or log.
 *
 * <pre>
 *              host                         RaftNode
 *   timer      ------> tick ------------------> +
 *   network    ------> step(Message), peerLost  +
 *   clients    ------> propose, requestRead --> +
 *   disk       ------> persisted(EntryId) ----> +
 *   machine    ------> applied(index) --------> +
 *   disk       <------ hard state, entries ---- +
 *   network    <------ messages now, after ---- +  ready()
 *   machine    <------ committed entries ------ +
 *   clients    <------ read results ----------- +
 * </pre>
 *
 * {@link dev.quorate.raft.Ready} holds the ordering contract.
 */
@NullMarked
package dev.quorate.raft;

import org.jspecify.annotations.NullMarked;

package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import java.util.List;

/**
 * What a node does by its role. {@link Raft} has dealt with terms before: a message that comes here
 * is of the current term (a granted pre-vote of the next).
 */
sealed interface Role permits Follower, PreCandidate, Candidate, Leader {
  RoleName name();

  /** The leader of this term, 0 if it is not known. */
  long leader();

  /** Whether a leader was heard so recently that nobody else should become one. */
  boolean leaseHolds();

  void tick();

  void step(Message message);

  ProposalResult propose(List<Bytes> commands);

  void requestRead(long id);

  /** The connection to this peer broke. */
  default void peerLost(long peer) {}

  /** The role ends: whoever waits for it is told. */
  void leave();

  /** More of the own log is durable. */
  default void logDurable() {}

  /** More is applied; the membership may be another one now. */
  default void applied() {}

  /** Whether {@link #flush} would send something. */
  default boolean wantsFlush() {
    return false;
  }

  /** Puts what has gathered since the last time into messages. */
  default void flush() {}
}

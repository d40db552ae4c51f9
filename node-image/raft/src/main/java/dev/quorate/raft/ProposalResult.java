package dev.quorate.raft;

/** What became of a proposal at once; whether it commits is known only when it is applied. */
public enum ProposalResult {
  /** In the leader's log. */
  APPENDED,
  /** On its way to the leader. */
  FORWARDED,
  /** No leader is known: surely not done. */
  NO_LEADER,
  /** Leadership is being handed over: surely not done. */
  TRANSFERRING,
  /** Too much is not applied yet: surely not done. */
  OVERLOADED,
  /** Membership only: this node does not lead. */
  NOT_LEADER,
  /**
   * Membership only: another change is in the log and not applied, or the leader's term has no
   * committed entry yet.
   */
  CHANGE_PENDING,
  /** Membership only: the change does not fit the configuration. */
  INVALID_CHANGE
}

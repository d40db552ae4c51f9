package dev.quorate.node.replication;

/** Why a proposal or a read did not get through. */
public final class ReplicationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code rpc.EtcdErrors} has etcd's code and text for each. */
  public enum Reason {
    /** Surely not done. */
    NO_LEADER,
    /** Surely not done: a queue is full or too much is waiting to be applied. */
    TOO_MANY_REQUESTS,
    /** Surely not done. */
    STOPPED,
    /** A read only: ask again. */
    LEADER_CHANGED,
    /** Outcome unknown. */
    TIMEOUT,
    /** Outcome unknown. */
    TIMEOUT_LEADER_FAILED,
    /** Surely not done. */
    NOT_LEADER,
    /** Membership: another change is going on. */
    CHANGE_PENDING,
    /** Membership: the change does not fit. */
    INVALID_CHANGE,
    /** Membership: the step could cost quorum. */
    UNHEALTHY,
    /** Promotion: the learner is behind. */
    LEARNER_NOT_READY,
    /** The node is Idle, Paused or damaged. */
    NOT_SERVING
  }

  private final Reason reason;

  public ReplicationException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package dev.quorate.node.replication;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

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
    /** Surely not done: the disk stands still, so nothing could be answered here. */
    DISK_STALLS,
    /** A read or a membership step, surely not done: ask again. */
    LEADER_CHANGED,
    /** Outcome unknown. */
    TIMEOUT,
    /** Outcome unknown. */
    TIMEOUT_LEADER_FAILED,
    /** Surely not done: only the leader can, and this member does not lead. */
    NOT_LEADER,
    /** Membership: another change is going on. */
    CHANGE_PENDING,
    /** Membership: the change does not fit. */
    INVALID_CHANGE,
    /** Membership: there is no such member. */
    MEMBER_NOT_FOUND,
    /** Membership: a member with this id is or was there. */
    MEMBER_EXISTS,
    /** Membership: another member has one of these peer URLs. */
    PEER_URL_EXISTS,
    /** Promotion: it votes already. */
    NOT_A_LEARNER,
    /** Membership: one learner at a time. */
    TOO_MANY_LEARNERS,
    /** Membership: too few voters are started and connected for this step. */
    NOT_ENOUGH_STARTED_MEMBERS,
    /** Membership: decided on an old configuration, or by an operator that was replaced. */
    STALE_FENCE,
    /** Membership: the step could cost quorum. */
    UNHEALTHY,
    /** Promotion: the learner is behind. */
    LEARNER_NOT_READY,
    /** Another snapshot of this member is being taken. */
    SNAPSHOT_RUNNING,
    /** The node is Idle, Paused or damaged. */
    NOT_SERVING;

    /** Whether a write that failed with this has surely had no effect. */
    boolean surelyNotDone() {
      return this != TIMEOUT && this != TIMEOUT_LEADER_FAILED;
    }

    /** By its name; what a newer member calls by another name has an unknown outcome. */
    static Reason ofName(String name) {
      for (var reason : values()) {
        if (reason.name().equals(name)) {
          return reason;
        }
      }
      return TIMEOUT;
    }
  }

  private final Reason reason;

  public ReplicationException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  ReplicationException(Reason reason, @Nullable Throwable cause) {
    super(reason.name(), cause, false, false);
    this.reason = reason;
  }

  /** Why a future of this package failed; what nobody foresaw has an unknown outcome. */
  static Reason reasonOf(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ReplicationException known ? known.reason() : Reason.TIMEOUT;
  }

  public Reason reason() {
    return reason;
  }
}

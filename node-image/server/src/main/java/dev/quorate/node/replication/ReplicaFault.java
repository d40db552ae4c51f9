package dev.quorate.node.replication;

import dev.quorate.node.storage.StorageException;
import java.io.IOException;

/**
 * Why a member stopped at once, without handing anything over; the process must end, because
 * neither its memory nor its unsynced files can be trusted any more.
 *
 * @param message one line for people: what happened and what to do
 */
public record ReplicaFault(Kind kind, String message, Throwable cause) {
  /** What could not be trusted any more. */
  public enum Kind {
    /** The disk refused a write or a sync. */
    DISK_FAILED,
    /** A loop met something that cannot happen. */
    BROKEN_INVARIANT
  }

  /** Whatever a loop has thrown, in words for people. */
  static ReplicaFault of(Throwable cause) {
    boolean disk = cause instanceof IOException || cause instanceof StorageException;
    return disk
        ? new ReplicaFault(
            Kind.DISK_FAILED,
            "the disk failed (%s): what is not synced may be lost; check the disk, then start again or replace this member"
                .formatted(cause.getMessage()),
            cause)
        : new ReplicaFault(
            Kind.BROKEN_INVARIANT,
            "a bug was met (%s): this member stops before it does harm; please report the stack trace, then start again"
                .formatted(cause),
            cause);
  }
}

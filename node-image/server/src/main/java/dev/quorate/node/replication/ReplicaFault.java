package dev.quorate.node.replication;

import dev.quorate.node.storage.StorageException;
import dev.quorate.raft.LogLostException;
import java.io.IOException;

/**
 * Why a member stopped at once, without handing anything over. Except where its data was lost
 * before it started, the process must end, because neither its memory nor its unsynced files can be
 * trusted any more.
 *
 * @param message one line for people: what happened and what to do
 */
public record ReplicaFault(Kind kind, String message, Throwable cause) {
  /** What could not be trusted any more. */
  public enum Kind {
    /** The disk refused a write or a sync. */
    DISK_FAILED,
    /** The disk does not have what was once synced: the member must be replaced. */
    DATA_LOST,
    /** A loop met something that cannot happen. */
    BROKEN_INVARIANT
  }

  /** Whatever a loop has thrown, in words for people. */
  public static ReplicaFault of(Throwable cause) {
    return switch (cause) {
      case StorageException e when e.kind() == StorageException.Kind.DATA_LOST ->
          new ReplicaFault(Kind.DATA_LOST, String.valueOf(e.getMessage()), e);
      case IOException _, StorageException _ ->
          new ReplicaFault(
              Kind.DISK_FAILED,
              "the disk failed (%s): what is not synced may be lost; check the disk, then start again or replace this member"
                  .formatted(cause.getMessage()),
              cause);
      case LogLostException _ ->
          new ReplicaFault(
              Kind.DATA_LOST,
              "the data is lost (%s): replace this member".formatted(cause.getMessage()),
              cause);
      default ->
          new ReplicaFault(
              Kind.BROKEN_INVARIANT,
              "a bug was met (%s): this member stops before it does harm; please report the stack trace, then start again"
                  .formatted(cause),
              cause);
    };
  }
}

package dev.quorate.node.replication;

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
}

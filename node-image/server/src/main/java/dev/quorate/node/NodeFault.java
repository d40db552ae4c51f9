package dev.quorate.node;

/** Why a node does not use its data; it stays up to tell. */
public enum NodeFault {
  NONE,
  /**
   * Damage before the last durable record, or a log that lacks what was reported as durable: the
   * member must be replaced.
   */
  DATA_LOST,
  /** The data was written by a newer program. */
  FORMAT_TOO_NEW,
  /** The disk refused while the node ran. */
  DISK_FAILED,
  /** The cluster has removed this member: its data is of no more use. */
  MEMBER_REMOVED
}

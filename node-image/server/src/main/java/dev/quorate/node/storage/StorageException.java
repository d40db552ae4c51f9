package dev.quorate.node.storage;

/** A data directory that cannot be used; its message names the file and what would be right. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the operator of the node must do about it. */
  public enum Kind {
    /** Damage before the last durable record: the member must be replaced. */
    DATA_LOST,
    /** Written by a newer program. */
    FORMAT_TOO_NEW,
    /** Of another cluster or member, or not ours at all. */
    FOREIGN,
    /** Another process holds it. */
    IN_USE,
    /** The disk is full, not readable or not writable. */
    UNUSABLE
  }

  private final Kind kind;

  public StorageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StorageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}

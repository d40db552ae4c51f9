package dev.quorate.raft.log;

/** What an entry's data means; the codes are written to disk and sent to peers and never change. */
public enum EntryKind {
  /** A command for the state machine. */
  COMMAND(0),
  /** A membership change: {@link MembershipEntry} reads it. */
  MEMBERSHIP(1),
  /** The empty entry with which a leader begins its term (thesis, section 6.4). */
  TERM_START(2);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if a newer version wrote it
   */
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 0 -> COMMAND;
      case 1 -> MEMBERSHIP;
      case 2 -> TERM_START;
      default -> throw new IllegalArgumentException("unknown kind of log entry: " + code);
    };
  }
}

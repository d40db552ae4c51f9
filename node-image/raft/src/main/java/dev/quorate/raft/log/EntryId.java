package dev.quorate.raft.log;

/** Where an entry stands; two entries with the same id are the same (thesis, Log Matching). */
public record EntryId(long term, long index) {
  /** What stands before the first entry of every log. */
  public static final EntryId ZERO = new EntryId(0, 0);

  /**
   * Whether a log that ends here is at least as up to date as one that ends at {@code other}
   * (section 3.6.1).
   */
  public boolean atLeastAsUpToDateAs(EntryId other) {
    return term > other.term || (term == other.term && index >= other.index);
  }
}

package dev.quorate.node.kv;

import java.util.List;

/**
 * What happened in a stretch of revisions, as far as somebody was interested.
 *
 * @param changes in their order; whole revisions only
 * @param nextRevision where the next piece begins: everything before it was looked at
 * @param revision the newest revision there was
 * @param compactRevision nothing before it can be told any more; if the piece should have begun
 *     there, it is empty
 * @param endsBeforeLarge whether the next revision changed more than memory has room for, of what
 *     somebody was interested in
 */
public record HistoryPiece(
    List<Change> changes,
    long nextRevision,
    long revision,
    long compactRevision,
    boolean endsBeforeLarge) {
  /**
   * Where a piece ends at the latest, but never within a revision.
   *
   * @param maxRows how many changes are looked at
   * @param maxBytes how large those that are wanted may get
   * @param maxRevisionBytes how large those of one revision may get: more is not read at all
   */
  public record Limits(int maxRows, int maxBytes, long maxRevisionBytes) {}
}

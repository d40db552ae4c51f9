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
 */
public record HistoryPiece(
    List<Change> changes, long nextRevision, long revision, long compactRevision) {
  /**
   * Where a piece ends at the latest, but never within a revision.
   *
   * @param maxRows how many changes are looked at
   * @param maxBytes how large those that are wanted may get
   */
  public record Limits(int maxRows, int maxBytes) {}
}

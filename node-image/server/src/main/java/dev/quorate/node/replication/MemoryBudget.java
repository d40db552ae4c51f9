package dev.quorate.node.replication;

/**
 * How much of the heap may be taken by what waits, whatever its number: large commands must not end
 * a small process.
 *
 * @param pendingBytes commands of clients that have no answer yet
 * @param unappliedBytes entries that are proposed, or committed, and not applied
 * @param catchUpBytes applied entries that are kept for members that lag; a multiple of it while a
 *     state is sent
 * @param unflushedBytes entries that are applied and not flushed: the next start reads them again
 */
record MemoryBudget(
    long pendingBytes, long unappliedBytes, long catchUpBytes, long unflushedBytes) {
  private static final long MOST_PENDING_BYTES = 512L << 20;
  private static final long MOST_UNAPPLIED_BYTES = 64L << 20;
  private static final long MOST_CATCH_UP_BYTES = 32L << 20;
  private static final long MOST_UNFLUSHED_BYTES = 64L << 20;

  /** An eighth of the heap for each; the margin is there eight times at the most. */
  static MemoryBudget of(long heapBytes) {
    return new MemoryBudget(
        Math.min(heapBytes / 8, MOST_PENDING_BYTES),
        Math.min(heapBytes / 8, MOST_UNAPPLIED_BYTES),
        Math.min(heapBytes / (8 * CatchUpMargin.MARGINS_HELD), MOST_CATCH_UP_BYTES),
        Math.min(heapBytes / 8, MOST_UNFLUSHED_BYTES));
  }
}

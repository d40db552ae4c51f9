package dev.quorate.node.metrics;

/**
 * What a member has done to its state since the start, and how far that is.
 *
 * @param transactions those of more than one operation
 * @param compactedKeys versions that compactions have deleted
 */
public record StoreGauges(
    long ranges,
    long puts,
    long deletes,
    long transactions,
    long putBytes,
    long compactedKeys,
    long revision,
    long compactRevision,
    long authRevision) {
  /** Before the node is a member. */
  public static final StoreGauges NOTHING = new StoreGauges(0, 0, 0, 0, 0, 0, 0, -1, 0);
}

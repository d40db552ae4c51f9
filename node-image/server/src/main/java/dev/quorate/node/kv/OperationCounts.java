package dev.quorate.node.kv;

import java.util.concurrent.atomic.LongAdder;

/**
 * What this member has done to its state since the start, as requests ask for it: lookups that a
 * put or a comparison needs are no ranges. Of any thread.
 */
public final class OperationCounts {
  private final LongAdder ranges = new LongAdder();
  private final LongAdder puts = new LongAdder();
  private final LongAdder deletes = new LongAdder();
  private final LongAdder transactions = new LongAdder();
  private final LongAdder putBytes = new LongAdder();
  private final LongAdder compactedKeys = new LongAdder();

  OperationCounts() {}

  /** What one command or one read has done; several operations make a transaction. */
  void did(int rangesDone, int putsDone, int deletesDone, long bytesPut) {
    if (rangesDone > 0) {
      ranges.add(rangesDone);
    }
    if (putsDone > 0) {
      puts.add(putsDone);
      putBytes.add(bytesPut);
    }
    if (deletesDone > 0) {
      deletes.add(deletesDone);
    }
    if (rangesDone + putsDone + deletesDone > 1) {
      transactions.increment();
    }
  }

  void compacted(int keys) {
    compactedKeys.add(keys);
  }

  /** Goes on where others ended. */
  void add(OperationCounts before) {
    ranges.add(before.ranges());
    puts.add(before.puts());
    deletes.add(before.deletes());
    transactions.add(before.transactions());
    putBytes.add(before.putBytes());
    compactedKeys.add(before.compactedKeys());
  }

  public long ranges() {
    return ranges.sum();
  }

  public long puts() {
    return puts.sum();
  }

  public long deletes() {
    return deletes.sum();
  }

  /** Those of more than one operation. */
  public long transactions() {
    return transactions.sum();
  }

  /** Keys and values of all puts. */
  public long putBytes() {
    return putBytes.sum();
  }

  /** Versions of keys that compactions have deleted. */
  public long compactedKeys() {
    return compactedKeys.sum();
  }
}

package dev.quorate.node.rpc;

/**
 * How much a client may ask for.
 *
 * @param quotaBytes beyond it nothing is put any more until an alarm is cleared; 0 means etcd's
 *     default
 * @param maxWaitingReads ranges that wait for a thread; one more is told to try later
 * @param maxAnswerHeapBytes how much of the heap large answers may take together, from when they
 *     are read until their clients have them
 */
public record KvLimits(
    int maxRequestBytes,
    int maxTxnOperations,
    long quotaBytes,
    int readThreads,
    int maxWaitingReads,
    long maxAnswerHeapBytes) {
  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

  public KvLimits {
    quotaBytes = quotaBytes == 0 ? DEFAULT_QUOTA_BYTES : quotaBytes;
  }

  /** As large as this process allows. */
  public KvLimits(
      int maxRequestBytes,
      int maxTxnOperations,
      long quotaBytes,
      int readThreads,
      int maxWaitingReads) {
    this(
        maxRequestBytes,
        maxTxnOperations,
        quotaBytes,
        readThreads,
        maxWaitingReads,
        Runtime.getRuntime().maxMemory() / 4);
  }

  /** A negative quota means none. */
  public static KvLimits of(int maxRequestBytes, int maxTxnOperations, long quotaBytes) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new KvLimits(
        maxRequestBytes, maxTxnOperations, quotaBytes, Math.clamp(processors, 2, 8), 1024);
  }

  /** Whether a request of a cost would fill the database, as etcd decides it. */
  boolean isOverQuota(long databaseSizeBytes, long costBytes) {
    return quotaBytes > 0 && costBytes > 0 && databaseSizeBytes + costBytes >= quotaBytes;
  }
}

package dev.quorate.node.rpc;

/**
 * How much a client may ask for.
 *
 * @param quotaBytes beyond it nothing is put any more until an alarm is cleared; 0 means etcd's
 *     default
 * @param maxWaitingReads ranges that wait for a thread; one more is told to try later
 */
public record KvLimits(
    int maxRequestBytes,
    int maxTxnOperations,
    long quotaBytes,
    int readThreads,
    int maxWaitingReads) {
  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

  public KvLimits {
    quotaBytes = quotaBytes == 0 ? DEFAULT_QUOTA_BYTES : quotaBytes;
  }

  /** A negative quota means none. */
  public static KvLimits of(int maxRequestBytes, int maxTxnOperations, long quotaBytes) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new KvLimits(
        maxRequestBytes, maxTxnOperations, quotaBytes, Math.clamp(processors, 2, 8), 1024);
  }

  boolean isOverQuota(long databaseSizeBytes) {
    return quotaBytes > 0 && databaseSizeBytes > quotaBytes;
  }
}

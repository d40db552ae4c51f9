package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import dev.quorate.node.rpc.KvLimits;

/**
 * How much clients may ask of this member.
 *
 * @param quotaBytes {@link #NO_QUOTA} means no limit
 */
public record ClientLimits(
    long quotaBytes, int maxRequestBytes, int maxTxnOperations, int maxConcurrentStreams) {
  static final long NO_QUOTA = -1;

  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

  /** Etcd warns above it; the streams between our members are made for it. */
  private static final int MOST_REQUEST_BYTES = 10 << 20;

  /** What is around a request: etcd's 512 KiB. */
  private static final int ENVELOPE_BYTES = 1 << 19;

  static ClientLimits from(FlagValues given) throws ConfigException {
    long streams = Math.min(given.number("max-concurrent-streams"), Integer.MAX_VALUE);
    if (streams == 0) {
      throw new ConfigException("--max-concurrent-streams: 0 is not above 0");
    }
    return new ClientLimits(
        quotaBytes(given.number("quota-backend-bytes")),
        given.number("max-request-bytes", 1, MOST_REQUEST_BYTES),
        given.number("max-txn-ops", 1, Integer.MAX_VALUE),
        Math.toIntExact(streams));
  }

  private static long quotaBytes(long given) {
    return given == 0 ? DEFAULT_QUOTA_BYTES : Math.max(NO_QUOTA, given);
  }

  int maxMessageBytes() {
    return maxRequestBytes + ENVELOPE_BYTES;
  }

  KvLimits kv() {
    return KvLimits.of(maxRequestBytes, maxTxnOperations, quotaBytes);
  }
}

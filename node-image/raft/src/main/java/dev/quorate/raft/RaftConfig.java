package dev.quorate.raft;

/**
 * How one node's core behaves. A tick is as long as the host makes it. The election timeout is
 * drawn from [electionTimeoutTicks, 2 * electionTimeoutTicks).
 *
 * @param maxAppendBytes how many bytes of entries one AppendEntries carries at the most (one entry
 *     always fits)
 * @param maxInFlightMessages and {@code maxInFlightBytes}: how much may be on the way to one
 *     follower unanswered
 * @param maxUncommittedBytes beyond this the leader refuses proposals
 */
public record RaftConfig(
    long id,
    int heartbeatTicks,
    int electionTimeoutTicks,
    int maxAppendBytes,
    int maxInFlightMessages,
    long maxInFlightBytes,
    long maxUncommittedBytes) {
  public static RaftConfig of(long id, int heartbeatTicks, int electionTimeoutTicks) {
    return new RaftConfig(
        id, heartbeatTicks, electionTimeoutTicks, 1 << 20, 256, 16L << 20, 64L << 20);
  }
}

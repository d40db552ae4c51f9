package dev.quorate.raft;

import dev.quorate.raft.log.RaftLog;

/**
 * Notices that the own log's disk stands still while others make the same entries durable. Time is
 * counted in ticks. A disk stalls when a majority has committed what it does not have, and it has
 * made nothing durable, for half an election timeout; or longer, where the others are slow as well:
 * for twice the time that an entry takes to be committed.
 */
final class DiskWatch {
  private final int electionTimeoutTicks;
  private long durableIndex;
  private int behindTicks;

  /** The entry whose way to its commitment is measured, 0 for none. */
  private long sampleIndex;

  private int sampleTicks;

  /** How long an entry took lately: a longer time counts at once, a shorter one bit by bit. */
  private int commitTicks;

  DiskWatch(RaftConfig config) {
    this.electionTimeoutTicks = config.electionTimeoutTicks();
  }

  void tick(RaftLog log) {
    measureCommit(log);
    boolean still = log.durableIndex() == durableIndex && log.committedIndex() > durableIndex;
    behindTicks = still ? behindTicks + 1 : 0;
    durableIndex = log.durableIndex();
  }

  private void measureCommit(RaftLog log) {
    sampleTicks = Math.min(sampleTicks + 1, 4 * electionTimeoutTicks);
    if (sampleIndex != 0 && log.committedIndex() >= sampleIndex) {
      int shorter = commitTicks - Math.ceilDiv(commitTicks - sampleTicks, 4);
      commitTicks = Math.max(sampleTicks, shorter);
      sampleIndex = 0;
    }
    if (sampleIndex == 0 && log.lastIndex() > log.committedIndex()) {
      sampleIndex = log.lastIndex();
      sampleTicks = 0;
    }
  }

  boolean stalls() {
    return behindTicks >= Math.max(electionTimeoutTicks / 2, 2 * commitTicks);
  }
}

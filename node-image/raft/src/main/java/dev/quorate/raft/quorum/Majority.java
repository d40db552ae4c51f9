package dev.quorate.raft.quorum;

import java.util.Arrays;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/** What more than half of a fixed set of voters agrees on. */
public final class Majority {
  /** How an election stands. */
  public enum VoteResult {
    WON,
    LOST,
    OPEN
  }

  private final long[] voters;

  public Majority(SortedSet<Long> voters) {
    this.voters = voters.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * The highest index that a majority has (thesis, section 3.6.2), 0 without voters: nobody decides
   * then, so nothing commits.
   */
  public long committedIndex(LongUnaryOperator matchIndex) {
    if (voters.length == 0) {
      return 0;
    }
    var matches = new long[voters.length];
    for (int i = 0; i < voters.length; i++) {
      matches[i] = matchIndex.applyAsLong(voters[i]);
    }
    Arrays.sort(matches);
    return matches[(voters.length - 1) / 2];
  }

  /** How an election stands in which these have answered; answers of others do not count. */
  public VoteResult voteResult(Set<Long> granted, Set<Long> rejected) {
    if (isReached(granted::contains)) {
      return VoteResult.WON;
    }
    return isReached(id -> !rejected.contains(id)) ? VoteResult.OPEN : VoteResult.LOST;
  }

  /** Whether the condition holds for a majority. */
  public boolean isReached(LongPredicate condition) {
    int count = 0;
    for (long voter : voters) {
      if (condition.test(voter)) {
        count++;
      }
    }
    return count > voters.length / 2;
  }
}

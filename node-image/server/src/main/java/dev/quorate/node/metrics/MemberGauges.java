package dev.quorate.node.metrics;

import java.util.List;

/**
 * What is read when somebody asks for /metrics, instead of being counted all the time. Ids are
 * unsigned; 0 stands for none.
 */
public record MemberGauges(
    long memberId,
    long leaderId,
    boolean leader,
    boolean learner,
    long term,
    long electionTimeoutMilliseconds,
    long committedIndex,
    long appliedIndex,
    long pendingProposals,
    long databaseBytes,
    long quotaBytes,
    List<Long> members) {
  /** Before the node is a member. */
  public static final MemberGauges NOTHING =
      new MemberGauges(0, 0, false, false, 0, 0, 0, 0, 0, 0, 0, List.of());
}

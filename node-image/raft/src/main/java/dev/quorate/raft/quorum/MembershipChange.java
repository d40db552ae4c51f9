package dev.quorate.raft.quorum;

/** One single step of the membership; larger changes are made of these (thesis, section 4.1). */
public sealed interface MembershipChange {
  long id();

  record AddLearner(long id) implements MembershipChange {}

  record PromoteLearner(long id) implements MembershipChange {}

  /** A new voter without the time as a learner; what etcd's MemberAdd does without isLearner. */
  record AddVoter(long id) implements MembershipChange {}

  record Remove(long id) implements MembershipChange {}
}

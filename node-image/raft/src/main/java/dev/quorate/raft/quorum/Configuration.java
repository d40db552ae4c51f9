package dev.quorate.raft.quorum;

import dev.quorate.raft.check.Invariants;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The members of a cluster (thesis, chapter 4): voters, and learners that get the log without
 * counting.
 */
public record Configuration(SortedSet<Long> voters, SortedSet<Long> learners) {
  public static final Configuration EMPTY =
      new Configuration(Collections.emptySortedSet(), Collections.emptySortedSet());

  public Configuration {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    learners = Collections.unmodifiableSortedSet(new TreeSet<>(learners));
    Invariants.check(
        Collections.disjoint(voters, learners), "a member is a voter and a learner at once");
  }

  public static Configuration ofVoters(Iterable<Long> ids) {
    var voters = new TreeSet<Long>();
    ids.forEach(voters::add);
    return new Configuration(voters, Collections.emptySortedSet());
  }

  public boolean contains(long id) {
    return voters.contains(id) || learners.contains(id);
  }

  public boolean isVoter(long id) {
    return voters.contains(id);
  }

  /** How many voters make a majority. */
  public int quorum() {
    return voters.size() / 2 + 1;
  }

  /** The configuration after one step, or nothing if the step does not fit this one. */
  public Optional<Configuration> after(MembershipChange change) {
    long id = change.id();
    var nextVoters = new TreeSet<>(voters);
    var nextLearners = new TreeSet<>(learners);
    boolean fits =
        switch (change) {
          case MembershipChange.AddLearner _ -> id != 0 && !isVoter(id) && nextLearners.add(id);
          case MembershipChange.PromoteLearner _ -> nextLearners.remove(id) && nextVoters.add(id);
          case MembershipChange.AddVoter _ -> id != 0 && !contains(id) && nextVoters.add(id);
          case MembershipChange.Remove _ ->
              nextLearners.remove(id) || (nextVoters.size() > 1 && nextVoters.remove(id));
        };
    return fits ? Optional.of(new Configuration(nextVoters, nextLearners)) : Optional.empty();
  }
}

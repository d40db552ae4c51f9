package dev.quorate.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.check.Invariants.InvariantViolation;
import dev.quorate.raft.quorum.MembershipChange.AddLearner;
import dev.quorate.raft.quorum.MembershipChange.AddVoter;
import dev.quorate.raft.quorum.MembershipChange.PromoteLearner;
import dev.quorate.raft.quorum.MembershipChange.Remove;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The steps of a configuration: which ones fit, and that no two majorities ever miss each other.
 */
class ConfigurationTest {
  private static final int MEMBERS = 5;

  @Test
  void everyStepKeepsMajoritiesOverlapping() {
    int steps = 0;
    for (Configuration before : allConfigurations()) {
      for (MembershipChange change : allChanges()) {
        var after = before.after(change);
        if (after.isPresent()) {
          steps++;
          assertThat(majoritiesOverlap(before, after.get()))
              .as("%s then %s", before, change)
              .isTrue();
          assertThat(after.get().voters()).isNotEmpty();
        }
      }
    }
    assertThat(steps).isPositive();
  }

  @Test
  void aQuorumIsTheSmallestNumberThatIsMoreThanHalf() {
    for (Configuration configuration : allConfigurations()) {
      int size = configuration.voters().size();
      assertThat(configuration.quorum() * 2).as("%s", configuration).isGreaterThan(size);
      assertThat((configuration.quorum() - 1) * 2)
          .as("%s", configuration)
          .isLessThanOrEqualTo(size);
    }
  }

  @Test
  void nobodyIsAVoterAndALearnerAtOnce() {
    var one = new TreeSet<>(List.of(1L));
    assertThatThrownBy(() -> new Configuration(one, one)).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void onlyStepsThatChangeSomethingFit() {
    for (Configuration before : allConfigurations()) {
      for (MembershipChange change : allChanges()) {
        boolean voter = before.isVoter(change.id());
        boolean learner = before.learners().contains(change.id());
        boolean fits =
            switch (change) {
              case AddLearner _, AddVoter _ -> !voter && !learner;
              case PromoteLearner _ -> learner;
              case Remove _ -> learner || (voter && before.voters().size() > 1);
            };
        assertThat(before.after(change).isPresent())
            .as("%s then %s", before, change)
            .isEqualTo(fits);
      }
    }
  }

  /** Any set that is a majority of the one meets any that is a majority of the other. */
  private static boolean majoritiesOverlap(Configuration first, Configuration second) {
    int common = 0;
    for (long voter : first.voters()) {
      common += second.isVoter(voter) ? 1 : 0;
    }
    int firstOutside = Math.min(first.quorum(), first.voters().size() - common);
    int secondOutside = Math.min(second.quorum(), second.voters().size() - common);
    return first.quorum() - firstOutside + second.quorum() - secondOutside > common;
  }

  private static List<MembershipChange> allChanges() {
    var changes = new ArrayList<MembershipChange>();
    for (long id = 1; id <= MEMBERS; id++) {
      changes.add(new AddLearner(id));
      changes.add(new PromoteLearner(id));
      changes.add(new AddVoter(id));
      changes.add(new Remove(id));
    }
    return changes;
  }

  private static List<Configuration> allConfigurations() {
    var all = new ArrayList<Configuration>();
    for (int code = 0; code < Math.pow(3, MEMBERS); code++) {
      var voters = new TreeSet<Long>();
      var learners = new TreeSet<Long>();
      int rest = code;
      for (long id = 1; id <= MEMBERS; id++) {
        if (rest % 3 == 1) {
          voters.add(id);
        } else if (rest % 3 == 2) {
          learners.add(id);
        }
        rest /= 3;
      }
      if (!voters.isEmpty()) {
        all.add(new Configuration(voters, learners));
      }
    }
    return all;
  }
}

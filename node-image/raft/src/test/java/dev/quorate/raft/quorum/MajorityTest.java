package dev.quorate.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.quorum.Majority.VoteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All matches and all votes of up to five voters, against the definition written down naively. */
class MajorityTest {
  private static final int HIGHEST_INDEX = 4;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void committedIndexIsTheHighestThatMoreThanHalfHave(int size) {
    var majority = new Majority(voters(size));
    for (List<Integer> matches : combinations(size, HIGHEST_INDEX + 1)) {
      int expected = 0;
      for (int index = 1; index <= HIGHEST_INDEX; index++) {
        int wanted = index;
        if (matches.stream().filter(match -> match >= wanted).count() * 2 > size) {
          expected = index;
        }
      }
      assertThat(majority.committedIndex(id -> matches.get((int) id - 1)))
          .as("matches %s", matches)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void electionIsDecidedWhenTheRestCannotChangeIt(int size) {
    var majority = new Majority(voters(size));
    for (List<Integer> votes : combinations(size, 3)) {
      var granted = new TreeSet<Long>();
      var rejected = new TreeSet<Long>();
      for (int i = 0; i < size; i++) {
        if (votes.get(i) != 0) {
          (votes.get(i) == 1 ? granted : rejected).add(i + 1L);
        }
      }
      // Somebody who is no voter must not change anything.
      granted.add(99L);
      rejected.add(98L);
      assertThat(majority.voteResult(granted, rejected))
          .as("votes %s", votes)
          .isEqualTo(naiveResult(votes));
    }
  }

  private static VoteResult naiveResult(List<Integer> votes) {
    boolean canWin = false;
    boolean canLose = false;
    // Lets everybody who is silent vote in every possible way.
    for (List<Integer> rest : combinations(votes.size(), 2)) {
      long yes = 0;
      for (int i = 0; i < votes.size(); i++) {
        boolean says = votes.get(i) == 0 ? rest.get(i) == 1 : votes.get(i) == 1;
        yes += says ? 1 : 0;
      }
      boolean wins = yes * 2 > votes.size();
      canWin |= wins;
      canLose |= !wins;
    }
    if (canWin && canLose) {
      return VoteResult.OPEN;
    }
    return canWin ? VoteResult.WON : VoteResult.LOST;
  }

  private static SortedSet<Long> voters(int size) {
    var voters = new TreeSet<Long>();
    for (long id = 1; id <= size; id++) {
      voters.add(id);
    }
    return voters;
  }

  /** Every list of {@code size} numbers below {@code values}. */
  private static List<List<Integer>> combinations(int size, int values) {
    List<List<Integer>> all = List.of(List.of());
    for (int i = 0; i < size; i++) {
      var longer = new ArrayList<List<Integer>>();
      for (List<Integer> shorter : all) {
        for (int value = 0; value < values; value++) {
          var next = new ArrayList<>(shorter);
          next.add(value);
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }
}

package dev.quorate.node;

import dev.quorate.api.admin.ComparisonOutcome;
import dev.quorate.api.admin.StateComparison;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.peer.StateHash;
import dev.quorate.node.replication.ClusterControl.Haste;
import dev.quorate.node.rpc.ServingMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comparisons of members' states that an operator asked this leader for; of each member the last
 * one. They take as long as it takes to read a state, so nobody waits: the outcome is in the
 * status.
 */
final class StateComparisons {
  private static final Logger LOG = LoggerFactory.getLogger(StateComparisons.class);

  /** One that failed is not begun again sooner: what stood in its way needs time to go. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Map<Long, Known> last = new ConcurrentHashMap<>();
  private final Runnable onChange;

  private record Known(StateComparison comparison, long sinceNanos) {
    private boolean answers(long token, long nowNanos) {
      boolean mayBeAskedAgain =
          comparison.getOutcome() == ComparisonOutcome.COMPARISON_FAILED
              && nowNanos - sinceNanos >= PAUSE_AFTER_FAILURE.toNanos();
      return comparison.getToken() == token && !mayBeAskedAgain;
    }
  }

  /**
   * @param onChange is called when there is an outcome
   */
  StateComparisons(Runnable onChange) {
    this.onChange = onChange;
  }

  @Nullable StateComparison of(long member) {
    var known = last.get(member);
    return known == null ? null : known.comparison();
  }

  /** Begins one, unless the same was asked for already and has not failed, or only just has. */
  void begin(ServingMember leader, long member, long token) {
    var begins = new AtomicBoolean();
    last.compute(
        member,
        (_, known) -> {
          boolean answered = known != null && known.answers(token, System.nanoTime());
          begins.set(!answered);
          return answered ? known : outcome(token, ComparisonOutcome.COMPARING, 0);
        });
    if (!begins.get()) {
      return;
    }
    var _ =
        compare(leader, member)
            .whenComplete(
                (compared, failure) -> {
                  if (failure != null) {
                    LOG.warn(
                        "the state of member {} was not compared: {}",
                        Long.toHexString(member),
                        failure.toString());
                  }
                  var answer =
                      failure != null || compared == null
                          ? outcome(token, ComparisonOutcome.COMPARISON_FAILED, 0)
                          : outcome(token, compared.outcome(), compared.revision());
                  // A later question, with another token, is not answered by this.
                  last.computeIfPresent(
                      member,
                      (_, known) -> known.comparison().getToken() == token ? answer : known);
                  onChange.run();
                });
  }

  private record Compared(ComparisonOutcome outcome, long revision) {}

  /**
   * With the leader; the leader itself with the others, of whom one that holds the same is enough.
   */
  private static CompletableFuture<Compared> compare(ServingMember leader, long member) {
    long self = leader.control().identity().memberId();
    var with = member == self ? others(leader, self) : List.of(member);
    return leader
        .control()
        .stateHash(self, 0, Haste.WAITED_FOR)
        .thenCompose(
            own ->
                answers(leader, with, own.getRevision())
                    .thenApply(
                        answers ->
                            new Compared(
                                with.isEmpty() ? ComparisonOutcome.EQUAL : verdict(own, answers),
                                own.getRevision())));
  }

  private static List<Long> others(ServingMember leader, long self) {
    return leader.state().get().members().list().stream()
        .map(Member::getID)
        .filter(id -> id != self)
        .toList();
  }

  /** Of those who answer; fails if nobody does. */
  private static CompletableFuture<Collection<StateHash>> answers(
      ServingMember leader, List<Long> members, long revision) {
    CompletableFuture<Collection<StateHash>> all =
        CompletableFuture.completedFuture(new ArrayList<>());
    for (long id : members) {
      var answer =
          leader
              .control()
              .stateHash(id, revision, Haste.WAITED_FOR)
              .exceptionally(
                  failure -> {
                    LOG.info(
                        "member {} was not compared: {}", Long.toHexString(id), failure.toString());
                    return StateHash.getDefaultInstance();
                  });
      all =
          all.thenCombine(
              answer,
              (known, hash) -> {
                if (!hash.equals(StateHash.getDefaultInstance())) {
                  known.add(hash);
                }
                return known;
              });
    }
    return all;
  }

  static ComparisonOutcome verdict(StateHash own, Collection<StateHash> others) {
    var outcome = ComparisonOutcome.COMPARISON_FAILED;
    for (var other : others) {
      if (other.getAlgorithm() != own.getAlgorithm()) {
        outcome = outcome == ComparisonOutcome.DIFFERENT ? outcome : ComparisonOutcome.INCOMPARABLE;
      } else if (HashVerdict.comparable(own, other)) {
        if (HashVerdict.content(own) == HashVerdict.content(other)) {
          return ComparisonOutcome.EQUAL;
        }
        outcome = ComparisonOutcome.DIFFERENT;
      }
    }
    if (outcome == ComparisonOutcome.COMPARISON_FAILED) {
      LOG.info("nobody's state could be compared with {}: {}", own, others);
    }
    return outcome;
  }

  private static Known outcome(long token, ComparisonOutcome outcome, long revision) {
    return new Known(
        StateComparison.newBuilder()
            .setToken(token)
            .setOutcome(outcome)
            .setRevision(revision)
            .build(),
        System.nanoTime());
  }
}

package dev.quorate.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.kv.Lease;
import dev.quorate.node.kv.LeaseChange;
import dev.quorate.node.lease.LeaseDeadlines.Remaining;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Deadlines on a clock that the test turns; all times in milliseconds. */
class LeaseDeadlinesTest {
  private static final long INTERVAL = 60_000;
  private static final long EXTENSION = 1000;
  private static final Renewal UNKNOWN = new Renewal.Unknown();
  private static final Renewal ENDED = new Renewal.Ended();
  private static final Renewal CHECKPOINTED = new Renewal.Checkpointed();

  private final LeaseDeadlines deadlines = new LeaseDeadlines(INTERVAL);

  private void grant(long id, long ttlSeconds, long now) {
    deadlines.apply(new LeaseChange.Granted(new Lease(id, ttlSeconds, 0)), now);
  }

  @Test
  void aLeaseEndsWhenItsTimeIsOverAndNotBefore() {
    grant(7, 10, 5_000);
    assertThat(deadlines.nextDueMilliseconds()).isEqualTo(15_000);
    assertThat(deadlines.takeEnded(14_999, 10)).isEmpty();
    assertThat(deadlines.remainingSeconds(7, 6_001)).isEqualTo(OptionalLong.of(8));
    assertThat(deadlines.takeEnded(15_000, 10)).containsExactly(7L);
    assertThat(deadlines.takeEnded(15_000, 10)).as("it is on its way").isEmpty();
    assertThat(deadlines.remainingSeconds(7, 15_000)).isEqualTo(OptionalLong.of(0));
    deadlines.apply(new LeaseChange.Revoked(7), 15_100);
    assertThat(deadlines.renew(7, 15_100)).isEqualTo(UNKNOWN);
    assertThat(deadlines.remainingSeconds(7, 15_100)).isEmpty();
    assertThat(deadlines.nextDueMilliseconds()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aRenewalGivesTheWholeTtlAgain() {
    grant(7, 10, 0);
    assertThat(deadlines.renew(7, 9_999)).isEqualTo(new Renewal.Renewed(10));
    assertThat(deadlines.takeEnded(19_998, 10)).isEmpty();
    assertThat(deadlines.takeEnded(19_999, 10)).containsExactly(7L);
  }

  @Test
  void aGrantThatWasKnownAlreadyLeavesNothingBehind() {
    deadlines.begin(List.of(new Lease(7, 100, 0)), 0, EXTENSION);
    grant(7, 100, 10);
    assertThat(deadlines.renew(7, 90_000)).isEqualTo(new Renewal.Renewed(100));
    assertThat(deadlines.takeEnded(189_999, 10)).isEmpty();
    assertThat(deadlines.takeCheckpoints(149_999, 10, 1)).isEmpty();
    assertThat(deadlines.takeEnded(190_000, 10)).containsExactly(7L);
  }

  @Test
  void whatHasEndedIsNeverRenewed() {
    grant(7, 10, 0);
    assertThat(deadlines.renew(7, 10_000)).as("not even before it is taken").isEqualTo(ENDED);
    deadlines.takeEnded(10_000, 1);
    assertThat(deadlines.renew(7, 10_001)).isEqualTo(ENDED);
    deadlines.retryEnding(7, 11_000);
    assertThat(deadlines.renew(7, 10_500)).isEqualTo(ENDED);
    assertThat(deadlines.takeEnded(10_999, 1)).isEmpty();
    assertThat(deadlines.takeEnded(11_000, 1)).containsExactly(7L);
  }

  @Test
  void manyThatEndTogetherAreTakenInPieces() {
    for (long id = 1; id <= 100_000; id++) {
      grant(id, 10, id % 10);
    }
    var taken = new ArrayList<Long>();
    while (taken.size() < 100_000) {
      var some = deadlines.takeEnded(20_000, 16);
      assertThat(some).hasSizeBetween(1, 16);
      taken.addAll(some);
    }
    assertThat(taken).doesNotHaveDuplicates();
  }

  @Test
  void aNewLeaderGivesEveryLeaseAtLeastWhatItHad() {
    deadlines.begin(List.of(new Lease(1, 600, 0), new Lease(2, 600, 40)), 1_000_000, EXTENSION);
    assertThat(deadlines.takeEnded(1_040_999, 10)).isEmpty();
    assertThat(deadlines.takeEnded(1_041_000, 10)).containsExactly(2L);
    assertThat(deadlines.takeEnded(1_600_999, 10)).isEmpty();
    assertThat(deadlines.takeEnded(1_601_000, 10)).containsExactly(1L);
  }

  @Test
  void whoLeadsNoMoreEndsNothing() {
    grant(7, 10, 0);
    deadlines.end();
    assertThat(deadlines.takeEnded(1_000_000, 10)).isEmpty();
    assertThat(deadlines.renew(7, 1)).isEqualTo(UNKNOWN);
    assertThat(deadlines.nextCheckpointMilliseconds()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void onlyLeasesThatLiveLongerThanTheIntervalAreCheckpointed() {
    grant(1, 60, 0);
    grant(2, 61, 0);
    grant(3, 3600, 30_000);
    assertThat(deadlines.nextCheckpointMilliseconds()).isEqualTo(60_000);
    assertThat(deadlines.takeCheckpoints(60_000, 10, 1)).containsExactly(new Remaining(2, 1));
    assertThat(deadlines.nextCheckpointMilliseconds()).isEqualTo(90_000);
    assertThat(deadlines.takeCheckpoints(90_500, 10, 2)).containsExactly(new Remaining(3, 3540));
    assertThat(deadlines.nextCheckpointMilliseconds()).isEqualTo(150_500);
  }

  @Test
  void aLeaseThatIsRenewedInTimeNeedsNoCheckpoint() {
    grant(1, 3600, 0);
    for (long now = 50_000; now < 1_000_000; now += 50_000) {
      assertThat(deadlines.takeCheckpoints(now, 10, now)).isEmpty();
      assertThat(deadlines.renew(1, now)).isEqualTo(new Renewal.Renewed(3600));
    }
  }

  @Test
  void aCheckpointIsTakenBackInTheLogBeforeARenewal() {
    grant(1, 3600, 0);
    assertThat(deadlines.takeCheckpoints(60_000, 10, 1)).hasSize(1);
    assertThat(deadlines.renew(1, 60_001)).as("under way").isEqualTo(CHECKPOINTED);
    deadlines.apply(new LeaseChange.Checkpointed(1, 3540), 60_002);
    deadlines.checkpointSettled(1, 1);
    assertThat(deadlines.renew(1, 60_003)).as("in the log").isEqualTo(CHECKPOINTED);
    deadlines.apply(new LeaseChange.Checkpointed(1, 0), 60_004);
    deadlines.cleared(1, 2);
    assertThat(deadlines.renew(1, 60_005)).isEqualTo(new Renewal.Renewed(3600));
  }

  @Test
  void aCheckpointOfUnknownOutcomeIsTakenBackByWhatWasProposedLater() {
    grant(1, 3600, 0);
    deadlines.takeCheckpoints(60_000, 10, 1);
    deadlines.apply(new LeaseChange.Checkpointed(1, 0), 70_000);
    deadlines.cleared(1, 2);
    assertThat(deadlines.renew(1, 70_001)).isEqualTo(new Renewal.Renewed(3600));
  }

  @Test
  void aCheckpointProposedBehindAClearingStillCounts() {
    grant(1, 3600, 0);
    deadlines.takeCheckpoints(60_000, 10, 3);
    deadlines.apply(new LeaseChange.Checkpointed(1, 0), 60_001);
    deadlines.cleared(1, 2);
    assertThat(deadlines.renew(1, 60_002)).isEqualTo(CHECKPOINTED);
  }

  @Test
  void theLongestTtlDoesNotOverflow() {
    grant(1, 9_000_000_000L, 1_000_000_000_000L);
    assertThat(deadlines.remainingSeconds(1, 1_000_000_000_000L))
        .isEqualTo(OptionalLong.of(9_000_000_000L));
    assertThat(deadlines.takeEnded(1_000_000_000_000L, 1)).isEmpty();
  }
}

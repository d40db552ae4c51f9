package dev.quorate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.simulator.Coverage.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of whole clusters; a failure's message is the line that repeats it. */
class SimulationTest {
  private static final long STEPS = 8_000;
  private static final long SEEDS = 500;

  /** How often the seeds must at least have done what they are for. */
  private static final Map<Event, Long> LEAST =
      Map.ofEntries(
          Map.entry(Event.LEADER, 1_500L),
          Map.entry(Event.SHORT_ELECTION_TIMEOUT, 100L),
          Map.entry(Event.SNAPSHOT, 300L),
          Map.entry(Event.MEMBERSHIP_CHANGE, 800L),
          Map.entry(Event.REPLACED_ENTRY, 30L),
          Map.entry(Event.CRASH, 1_500L),
          Map.entry(Event.POWER_CUT_IN_WRITE, 30L),
          Map.entry(Event.TORN_FILE, 5L),
          Map.entry(Event.STOPPED_BY_DISK, 100L),
          Map.entry(Event.DATA_LOST, 20L),
          Map.entry(Event.WIPED_DISK, 20L),
          Map.entry(Event.EMPTIED_DISK, 20L),
          Map.entry(Event.KEPT_OUT, 15L),
          Map.entry(Event.WRITE, 10_000L),
          Map.entry(Event.LINEARIZABLE_READ, 10_000L),
          Map.entry(Event.RANGE_READ, 1_000L),
          Map.entry(Event.TRANSACTION, 1_000L),
          Map.entry(Event.REFUSED_TRANSACTION, 500L),
          Map.entry(Event.UNKNOWN_OUTCOME, 1_000L),
          Map.entry(Event.COMPACTION, 800L),
          Map.entry(Event.HASH_COMPARED, 20_000L),
          Map.entry(Event.LEASE_EXPIRED, 300L),
          Map.entry(Event.LEASE_RENEWED, 300L),
          Map.entry(Event.LEASE_REVOKED, 20L),
          Map.entry(Event.LEASE_CHECKPOINT, 1_000L),
          Map.entry(Event.LEASED_KEY_DELETED, 150L),
          Map.entry(Event.LEASE_OUTLIVED_LEADERS, 10L),
          Map.entry(Event.WATCH_EVENT, 10_000L),
          Map.entry(Event.WATCH_RESUMED, 1_500L),
          Map.entry(Event.WATCH_COMPACTED, 50L),
          Map.entry(Event.WATCH_PROGRESS, 2_000L),
          Map.entry(Event.STALLED_WATCH, 500L));

  @Test
  void everySeedKeepsItsPromisesAndComesToRest() {
    var failures = new ConcurrentLinkedQueue<String>();
    var covered = new Coverage();
    LongStream.rangeClosed(1, SEEDS)
        .parallel()
        .forEach(
            seed -> {
              try {
                var summary = run(seed, STEPS);
                synchronized (covered) {
                  covered.add(summary.coverage());
                }
              } catch (SimulationFailure e) {
                failures.add(String.valueOf(e.getMessage()));
              }
            });
    assertThat(failures).isEmpty();
    LEAST.forEach(
        (event, times) ->
            assertThat(covered.of(event))
                .as("%s in %s", event, covered)
                .isGreaterThanOrEqualTo(times));
  }

  /** What once failed, and why. What a seed does changes with the simulator; the stories stay. */
  @ParameterizedTest
  @CsvSource({
    "16, 6000, a sole voter led one term twice but nobody had heard of the first: no broken log",
    "170, 6000, the same with another leader after the crash: no second leader of the term",
    "2, 8000, a power cut took the data directory itself: its parent was not synced",
    "191, 8000, a removed member passed on a step that was done and said that it surely was not",
    "222, 8000, a received state overtook the log's shortening: at the next start it was incomplete",
    "343, 8000, a lease ended a part of a millisecond before what its client was told",
    "273, 8000, who once led got its own lost change back as a follower: no overlapping changes",
    "20542, 8000, a disk was lost while a step was on its way that made it one too many: no bug",
    "41181, 8000, a client's last read came before the answer to its write: no stale read",
    "41469, 8000, a lease ended within its last millisecond: TTLs count from the next one",
  })
  void seedsThatOnceFailed(long seed, long steps, String story) {
    assertThat(run(seed, steps).operations()).as(story).isPositive();
  }

  /**
   * Where nobody asks, a member that comes back empty helps to elect a leader that lacks what it
   * had acknowledged; here in the first of these seeds, in another one when the simulator changes.
   */
  @Test
  void acknowledgedWritesAreLostWhereNobodyAsksBeforeItBegins() {
    assertThat(
            LongStream.range(253, 253 + SEEDS).anyMatch(SimulationTest::losesWritesWithoutAsking))
        .isTrue();
  }

  private static boolean losesWritesWithoutAsking(long seed) {
    try {
      var _ = Simulation.runWithoutAsking(seed, STEPS);
      return false;
    } catch (SimulationFailure e) {
      return String.valueOf(e.getMessage()).contains("but without committed");
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (long seed = 1; seed <= 5; seed++) {
      List<String> first = new ArrayList<>();
      List<String> second = new ArrayList<>();
      var one = Simulation.run(seed, STEPS, first::add);
      var other = Simulation.run(seed, STEPS, second::add);
      assertThat(second).isEqualTo(first);
      assertThat(other).isEqualTo(one);
    }
  }

  private static Simulation.Summary run(long seed, long steps) {
    return Simulation.run(seed, steps, null);
  }
}

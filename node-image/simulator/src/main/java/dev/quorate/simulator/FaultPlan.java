package dev.quorate.simulator;

import dev.quorate.node.kv.HistoryPiece;
import dev.quorate.node.replication.ReplicaConfig;
import dev.quorate.node.watch.WatchSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How bad the world of one run is. Every kind of fault is left out in about half of the runs: some
 * bugs show only where another fault does not hide them.
 *
 * @param driftPerMillion how much too fast or slow clocks may be
 * @param cutPermille in how many of a thousand writes, syncs and renames the power is cut
 * @param noticePercent how often a node notices at once that the process of a peer has ended
 * @param crashMicros and the other intervals: the mean time between two such faults, 0 for never
 * @param losesDisks whether a disk may be lost for ever; the administrator replaces the member then
 * @param replica sizes and limits of members
 * @param adaptation of election timeouts; drawn after the others, so that what else a seed does
 *     stays the same
 * @param emptiesDisks whether members come back under their old ids with empty disks; founders then
 *     ask each other before they begin
 */
record FaultPlan(
    int nodes,
    int clients,
    int watchers,
    int leaseHolders,
    boolean compacts,
    long driftPerMillion,
    int dropPermille,
    int duplicatePermille,
    int networkDelayMicros,
    int syncMicros,
    int stallPermille,
    int applyMicros,
    int cutPermille,
    long crashMicros,
    long pauseMicros,
    long partitionMicros,
    long membershipMicros,
    long transferMicros,
    long diskErrorMicros,
    long fullDiskMicros,
    int transferBreaksPercent,
    boolean losesDisks,
    int noticePercent,
    long breakMicros,
    Sizes replica,
    WatchSettings watchSettings,
    boolean provesRemainingTtl,
    Adaptation adaptation,
    boolean emptiesDisks) {

  /** Of logs and windows: small ones, so that all that depends on them happens in a short run. */
  record Sizes(
      int catchUpEntries,
      long catchUpBytes,
      long flushBytes,
      int maxAppendBytes,
      int maxInFlightMessages) {}

  /**
   * How the members' election timeouts adapt.
   *
   * @param leastMilliseconds 0: they do not
   * @param ofAll whether those of all do, or only of members with odd ids
   */
  record Adaptation(int leastMilliseconds, boolean ofAll) {
    boolean isOn() {
      return leastMilliseconds > 0;
    }

    private static Adaptation draw(RandomGenerator random) {
      int leastMilliseconds = 30 + random.nextInt(60);
      return new Adaptation(random.nextInt(4) == 2 ? leastMilliseconds : 0, random.nextInt(4) > 0);
    }
  }

  static final Duration ELECTION_TIMEOUT = Duration.ofMillis(120);
  static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(500);

  private static final Duration HEARTBEAT = Duration.ofMillis(40);

  /** Where timeouts adapt more of them must fit into the election timeout. */
  private static final Duration FAST_HEARTBEAT = Duration.ofMillis(10);

  static FaultPlan draw(RandomGenerator random) {
    // In some runs everything that changes who leads or votes happens without a rest.
    int haste = random.nextInt(3) == 0 ? 8 : 1;
    return new FaultPlan(
        1 + random.nextInt(5),
        1 + random.nextInt(6),
        sometimes(random, 5),
        sometimes(random, 3),
        random.nextBoolean(),
        random.nextBoolean() ? 0 : random.nextInt(random.nextBoolean() ? 1_000 : 100_000),
        sometimes(random, 150),
        sometimes(random, 100),
        200 + random.nextInt(random.nextBoolean() ? 2_000 : 30_000),
        100 + random.nextInt(random.nextBoolean() ? 1_000 : 40_000),
        sometimes(random, 60),
        50 + random.nextInt(random.nextBoolean() ? 500 : 100_000),
        sometimes(random, 30),
        interval(random, 300_000, 3_000_000),
        interval(random, 500_000, 3_000_000),
        interval(random, 300_000, 2_000_000) / haste,
        interval(random, 100_000, 1_000_000) / haste,
        interval(random, 200_000, 2_000_000) / haste,
        random.nextInt(3) == 0 ? random.nextInt(500_000, 3_000_000) : 0,
        random.nextInt(4) == 0 ? random.nextInt(500_000, 3_000_000) : 0,
        sometimes(random, 50),
        random.nextInt(3) == 0,
        sometimes(random, 101),
        interval(random, 50_000, 2_000_000),
        sizes(random),
        watches(random),
        random.nextInt(12) == 0,
        Adaptation.draw(random),
        random.nextInt(4) == 0);
  }

  private static Sizes sizes(RandomGenerator random) {
    return new Sizes(
        4 + random.nextInt(random.nextBoolean() ? 20 : 500),
        1_000 + random.nextInt(50_000),
        200 + random.nextInt(random.nextBoolean() ? 2_000 : 20_000),
        random.nextBoolean() ? 100 + random.nextInt(400) : 1 << 20,
        1 + random.nextInt(random.nextBoolean() ? 3 : 256));
  }

  private static WatchSettings watches(RandomGenerator random) {
    return new WatchSettings(
        1 + random.nextInt(2),
        Duration.ofMillis(200 + random.nextInt(800)),
        1 << 20,
        1 + random.nextInt(random.nextBoolean() ? 1_000 : 32_000),
        random.nextInt(random.nextBoolean() ? 1_000 : 100_000),
        random.nextInt(random.nextBoolean() ? 2_000 : 200_000),
        1 + random.nextInt(random.nextBoolean() ? 1_000 : 64_000),
        random.nextInt(random.nextBoolean() ? 2_000 : 200_000),
        random.nextInt(random.nextBoolean() ? 1_000 : 100_000),
        random.nextInt(random.nextBoolean() ? 2_000 : 100_000),
        new HistoryPiece.Limits(
            1 + random.nextInt(random.nextBoolean() ? 5 : 1_000),
            1 + random.nextInt(random.nextBoolean() ? 1_000 : 100_000),
            1 << 30),
        1_000);
  }

  private static int sometimes(RandomGenerator random, int bound) {
    return random.nextBoolean() ? 0 : 1 + random.nextInt(bound);
  }

  private static long interval(RandomGenerator random, int least, int most) {
    return random.nextBoolean() ? 0 : random.nextInt(least, most);
  }

  ReplicaConfig replicaConfig(long node) {
    boolean adapts = adaptation.isOn() && (adaptation.ofAll() || node % 2 == 1);
    return new ReplicaConfig(
        adaptation.isOn() ? FAST_HEARTBEAT : HEARTBEAT,
        ELECTION_TIMEOUT,
        adapts ? Duration.ofMillis(adaptation.leastMilliseconds()) : ELECTION_TIMEOUT,
        1_000,
        1_000,
        1 << 20,
        20_000,
        5_000,
        replica.catchUpEntries(),
        replica.catchUpBytes(),
        replica.flushBytes(),
        1,
        CHECKPOINT_INTERVAL,
        replica.maxAppendBytes(),
        replica.maxInFlightMessages());
  }

  /** How long a member that was removed still answers its peers. */
  long leaveMicros() {
    return 1_000_000;
  }
}

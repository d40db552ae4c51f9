package dev.quorate.simulator;

import java.util.random.RandomGenerator;

/**
 * How bad the world of one run is. Every kind of fault is left out in about half of the runs: some
 * bugs show only where another fault does not hide them.
 *
 * @param crashBeforeSyncPermille how often a process dies while its disk has something to write
 * @param noticePercent how often a node notices at once that the process of a peer has ended
 * @param crashMicros and the other intervals: the mean time between two such faults, 0 for never
 * @param wipes whether a disk may be lost for ever; the administrator replaces the member then
 */
record FaultPlan(
    int nodes,
    int clients,
    int dropPermille,
    int duplicatePermille,
    int networkDelayMicros,
    int syncMicros,
    int stallPermille,
    int applyMicros,
    int crashBeforeSyncPermille,
    long crashMicros,
    long pauseMicros,
    long partitionMicros,
    long membershipMicros,
    long transferMicros,
    int flushPercent,
    int snapshotFailPercent,
    boolean wipes,
    int maxAppendBytes,
    int maxInFlightMessages,
    int noticePercent,
    long breakMicros) {

  static FaultPlan draw(RandomGenerator random) {
    // In some runs everything that changes who leads or votes happens without a rest.
    int haste = random.nextInt(3) == 0 ? 8 : 1;
    return new FaultPlan(
        1 + random.nextInt(5),
        1 + random.nextInt(8),
        sometimes(random, 150),
        sometimes(random, 100),
        200 + random.nextInt(random.nextBoolean() ? 2_000 : 30_000),
        100 + random.nextInt(random.nextBoolean() ? 1_000 : 40_000),
        sometimes(random, 60),
        50 + random.nextInt(random.nextBoolean() ? 500 : 100_000),
        sometimes(random, 10),
        interval(random, 300_000, 3_000_000),
        interval(random, 500_000, 3_000_000),
        interval(random, 300_000, 2_000_000) / haste,
        interval(random, 100_000, 1_000_000) / haste,
        interval(random, 200_000, 2_000_000) / haste,
        random.nextInt(30),
        sometimes(random, 50),
        random.nextInt(4) == 0,
        random.nextBoolean() ? 100 + random.nextInt(400) : 1 << 20,
        1 + random.nextInt(random.nextBoolean() ? 3 : 256),
        sometimes(random, 101),
        interval(random, 50_000, 2_000_000));
  }

  private static int sometimes(RandomGenerator random, int bound) {
    return random.nextBoolean() ? 0 : 1 + random.nextInt(bound);
  }

  private static long interval(RandomGenerator random, int least, int most) {
    return random.nextBoolean() ? 0 : random.nextInt(least, most);
  }
}

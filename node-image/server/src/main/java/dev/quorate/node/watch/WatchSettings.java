package dev.quorate.node.watch;

import dev.quorate.node.kv.HistoryPiece;
import java.time.Duration;

/**
 * Timings and limits of watches.
 *
 * @param progressInterval how often a quiet watch that asked for it hears how far it is; up to a
 *     tenth is added by chance
 * @param fragmentBytes beyond it a response is cut, for clients that can put it together
 * @param responseBytes how much is put into one response if it holds several revisions
 * @param streamHeldBytes what may wait for one client that does not read; beyond it, its watches
 *     read the history again when it does
 * @param totalHeldBytes the same, for all clients of a loop
 * @param largeBytes how large a response is that a client must have taken before too many follow
 * @param onTheWayBytes how much of such responses may be on the way to clients, those of a loop
 *     together; beyond it, streams wait with theirs
 * @param publishedBytes what may wait for a loop that does not keep up; beyond it, its watches read
 *     the history
 * @param recentBytes the newest changes that a loop remembers, so that watches that lag a little
 *     need no disk
 * @param historyPiece how much of the history is read at once
 * @param maxWatchers of a whole member; one more is refused
 */
public record WatchSettings(
    int loops,
    Duration progressInterval,
    int fragmentBytes,
    int responseBytes,
    int streamHeldBytes,
    int totalHeldBytes,
    int largeBytes,
    long onTheWayBytes,
    int publishedBytes,
    int recentBytes,
    HistoryPiece.Limits historyPiece,
    int maxWatchers) {
  public static final Duration DEFAULT_PROGRESS_INTERVAL = Duration.ofMinutes(10);

  /** Changes are there as rows and as events, and a piece for every loop. */
  private static final int HEAP_PARTS_PER_REVISION = 8;

  /** The network's memory is as large as the heap, and not for watches alone. */
  private static final int HEAP_PARTS_ON_THE_WAY = 4;

  /** What these may take at most matters where the heap is small: in a container of half a GiB. */
  private static final int HEAP_PARTS_HELD = 16;

  private static final int HEAP_PARTS_PUBLISHED = 32;
  private static final int HEAP_PARTS_RECENT = 64;

  private static final Duration MIN_PROGRESS_INTERVAL = Duration.ofMillis(100);

  /**
   * The limits that fit most members.
   *
   * @param progressInterval etcd's default if it is not positive; never less than 100 ms
   */
  public static WatchSettings of(Duration progressInterval, int fragmentBytes) {
    int loops = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
    long heap = Runtime.getRuntime().maxMemory() / loops;
    return new WatchSettings(
        loops,
        progressInterval(progressInterval),
        fragmentBytes,
        32 << 10,
        1 << 20,
        (int) Math.min(32 << 20, heap / HEAP_PARTS_HELD),
        64 << 10,
        heap / HEAP_PARTS_ON_THE_WAY,
        (int) Math.min(16 << 20, heap / HEAP_PARTS_PUBLISHED),
        (int) Math.min(4 << 20, heap / HEAP_PARTS_RECENT),
        new HistoryPiece.Limits(
            10_000, 128 << 10, Runtime.getRuntime().maxMemory() / HEAP_PARTS_PER_REVISION),
        1_000_000);
  }

  private static Duration progressInterval(Duration wanted) {
    if (!wanted.isPositive()) {
      return DEFAULT_PROGRESS_INTERVAL;
    }
    return wanted.compareTo(MIN_PROGRESS_INTERVAL) < 0 ? MIN_PROGRESS_INTERVAL : wanted;
  }
}

package dev.quorate.node.watch;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.metrics.WatchGauges;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All watches of a member: takes what the apply loop changes and brings it to the clients that
 * watch it. See the package's comment.
 */
public final class WatchHub implements ChangeListener, AutoCloseable {
  private final WatchCounts counts = new WatchCounts();
  private final List<WatchLoop> loops;
  private final Execution execution;
  private final AtomicInteger opened = new AtomicInteger();
  private volatile @Nullable KvStateMachine state;

  /** Owns the execution from now on, and closes it. */
  public WatchHub(WatchSettings settings, Execution execution) {
    this.execution = execution;
    // Each loop reads one piece at a time, so the queue stays as short as the list of loops.
    var historyThreads = execution.workers("watch-history", 1);
    loops =
        IntStream.range(0, settings.loops())
            .mapToObj(
                number ->
                    new WatchLoop(
                        "watch-" + number,
                        settings,
                        this::state,
                        execution,
                        historyThreads,
                        counts))
            .toList();
  }

  private KvStateMachine state() {
    return Objects.requireNonNull(state, "watches are opened before the state is");
  }

  /**
   * Begins a stream.
   *
   * @param needsLeader whether it is to end when there is no leader for long
   */
  public WatchHandle open(WatchClient client, boolean needsLeader) {
    int number = Math.floorMod(opened.getAndIncrement(), loops.size());
    return loops.get(number).open(client, needsLeader);
  }

  /** There has been no leader for long: ends the streams that need one. */
  public void leaderLost() {
    loops.forEach(loop -> loop.end(stream -> stream.needsLeader, WatchClient.End.NO_LEADER));
  }

  /** Ends all streams: their clients go to other members. */
  public void endAll() {
    loops.forEach(loop -> loop.end(_ -> true, WatchClient.End.STOPPED));
  }

  public WatchGauges gauges() {
    return new WatchGauges(
        counts.streams.sum(),
        counts.watchers.sum(),
        counts.slowWatchers.sum(),
        counts.sentEvents.sum(),
        counts.heldEvents.sum());
  }

  /** What the loops believe to be live may have been left out by another state. */
  @Override
  public void opened(KvStateMachine machine) {
    state = machine;
    changed(0, machine.revision(), null);
  }

  @Override
  public boolean listens() {
    for (var loop : loops) {
      if (loop.listens()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void changed(long before, long revision, @Nullable List<Change> changes) {
    for (var loop : loops) {
      loop.changed(before, revision, changes);
    }
  }

  @Override
  public void close() {
    loops.forEach(WatchLoop::close);
    execution.close();
  }
}

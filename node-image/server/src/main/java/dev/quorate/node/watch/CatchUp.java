package dev.quorate.node.watch;

import dev.quorate.node.kv.HistoryPiece;
import dev.quorate.node.kv.Interest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings watches that are behind to the present, a bounded piece at a time: from the recent changes
 * if these reach back far enough, else from the history. One piece serves all watches at about the
 * same place; streams take turns.
 */
final class CatchUp {
  /** Watches that are so far apart do not share a piece. */
  private static final long SHARED_REVISIONS = 5_000;

  /** How many watches of one stream share a piece from memory: a client takes a few at a time. */
  private static final int SHARING_MEMORY = 512;

  private static final long RETRY_NANOSECONDS = 200_000_000;

  /** What it needs to know, and whom it tells. */
  interface Host {
    /** The newest revision that live watches were told of. */
    long revision();

    long compactRevision();

    /** The watch has everything up to the present. */
    void caughtUp(Watcher watcher);

    /** What the watch should have been told is gone. */
    void compacted(Watcher watcher, long compactRevision);

    /** What the watch should be told of one revision does not fit into memory. */
    void tooLarge(Watcher watcher, long revision);

    /** Reads a piece of history soon, and not on this thread. */
    void read(long fromRevision, Interest interest);
  }

  /** Watches that share a piece of history that is being read. */
  private record Cohort(List<Watcher> watchers, WatcherIndex index) {}

  private final Host host;
  private final RecentChanges recent;
  private final int pieceBytes;
  private final WatchCounts counts;
  private final Set<WatchStream> ready = new LinkedHashSet<>();
  private @Nullable Cohort reading;

  /** At this revision watches do not share a piece: together they want too much. */
  private long largeRevision = -1;

  private boolean retrying;
  private long retryNanos;

  CatchUp(Host host, RecentChanges recent, int pieceBytes, WatchCounts counts) {
    this.host = host;
    this.recent = recent;
    this.pieceBytes = pieceBytes;
    this.counts = counts;
  }

  /** The watch has to be told what happened from a revision on. */
  void add(Watcher watcher, long fromRevision) {
    watcher.state = Watcher.State.BEHIND;
    watcher.nextRevision = fromRevision;
    watcher.stream.behind.add(watcher);
    counts.slowWatchers.increment();
    look(watcher.stream);
  }

  void remove(Watcher watcher) {
    watcher.stream.behind.remove(watcher);
    counts.slowWatchers.decrement();
    if (watcher.stream.behind.isEmpty()) {
      ready.remove(watcher.stream);
    }
  }

  /** Something has changed with the stream: it may be able to go on. */
  void look(WatchStream stream) {
    if (stream.canCatchUp()) {
      ready.add(stream);
    } else {
      ready.remove(stream);
    }
  }

  /** Serves one piece from memory, and has one read from the history; false if none was served. */
  boolean turn(long nowNanos) {
    for (var stream : List.copyOf(ready)) {
      look(stream);
      if (!ready.contains(stream)) {
        continue;
      }
      long from = stream.behind.iterator().next().nextRevision;
      if (recent.reachBackTo(from)) {
        serveFromMemory(from);
        return true;
      }
      if (reading == null && !(retrying && nowNanos - retryNanos < 0)) {
        retrying = false;
        var cohort = from == largeRevision ? firstOf(stream) : cohort(from, Integer.MAX_VALUE);
        reading = cohort;
        host.read(from, cohort.index());
      }
    }
    return false;
  }

  /** When a turn is due although nothing has happened. */
  long nextTurnNanos(long otherwiseNanos) {
    boolean sooner = retrying && retryNanos - otherwiseNanos < 0;
    return sooner ? retryNanos : otherwiseNanos;
  }

  private Cohort cohort(long from, int maxOfStream) {
    var cohort = new Cohort(new ArrayList<>(), new WatcherIndex());
    for (var stream : ready) {
      int left = maxOfStream;
      for (var watcher : stream.behind) {
        long ahead = watcher.nextRevision - from;
        if (ahead >= 0 && ahead < SHARED_REVISIONS && left-- > 0) {
          cohort.watchers().add(watcher);
          cohort.index().add(watcher);
        }
      }
    }
    return cohort;
  }

  private static Cohort firstOf(WatchStream stream) {
    var watcher = stream.behind.iterator().next();
    var cohort = new Cohort(List.of(watcher), new WatcherIndex());
    cohort.index().add(watcher);
    return cohort;
  }

  private void serveFromMemory(long from) {
    var changes = recent.from(from, pieceBytes);
    long last = changes.isEmpty() ? host.revision() : changes.getLast().revision();
    // The last piece reaches to the present even if that has no change of its own.
    long next = recent.from(last + 1, 1).isEmpty() ? host.revision() + 1 : last + 1;
    serve(
        cohort(from, SHARING_MEMORY),
        new HistoryPiece(changes, next, host.revision(), host.compactRevision(), false));
  }

  /** The piece of history is there. */
  void read(HistoryPiece piece) {
    var cohort = reading;
    reading = null;
    if (cohort == null) {
      return;
    }
    serve(cohort, piece);
    if (piece.endsBeforeLarge()) {
      largeRevision = piece.nextRevision();
      var first = cohort.watchers().getFirst();
      if (cohort.watchers().size() == 1 && first.isBehindAt(largeRevision)) {
        host.tooLarge(first, largeRevision);
      }
    }
  }

  /** The history cannot be read now, because the state is being replaced or the disk fails. */
  void readFailed(long nowNanos) {
    reading = null;
    retrying = true;
    retryNanos = nowNanos + RETRY_NANOSECONDS;
  }

  private void serve(Cohort cohort, HistoryPiece piece) {
    var _ = cohort.index().gather(piece.changes());
    var streams = new LinkedHashSet<WatchStream>();
    for (var watcher : cohort.watchers()) {
      var changes = watcher.takeGathered();
      if (watcher.state != Watcher.State.BEHIND) {
        continue;
      }
      streams.add(watcher.stream);
      if (watcher.nextRevision < piece.compactRevision()) {
        host.compacted(watcher, piece.compactRevision());
        continue;
      }
      int sent = watcher.stream.outbox.send(watcher, changes, piece.revision());
      watcher.nextRevision =
          sent < changes.size()
              ? changes.get(sent).revision()
              : Math.max(watcher.nextRevision, piece.nextRevision());
      moveOn(watcher, sent == changes.size());
    }
    streams.forEach(this::backOfTheLine);
  }

  private void moveOn(Watcher watcher, boolean tookAll) {
    if (watcher.nextRevision > host.revision()) {
      remove(watcher);
      host.caughtUp(watcher);
    } else if (tookAll) {
      watcher.stream.behind.remove(watcher);
      watcher.stream.behind.add(watcher);
    }
  }

  private void backOfTheLine(WatchStream stream) {
    ready.remove(stream);
    look(stream);
  }
}

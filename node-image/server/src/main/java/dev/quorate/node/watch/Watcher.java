package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import dev.quorate.node.kv.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One watch of a stream; belongs to the loop of its stream. */
final class Watcher {
  /** Where a watch gets its changes from. */
  enum State {
    /** It knows all that its loop knows, and gets changes as they happen. */
    LIVE,
    /** It has changes to catch up with before it can be live. */
    BEHIND,
    /** What it should have been told is not known any more; kept until its client cancels it. */
    COMPACTED,
    ENDED
  }

  final WatchStream stream;
  final long id;
  final KeySpan span;

  /** What its client asked to begin with; 0: with what comes. */
  final long startRevision;

  final boolean wantsPrevious;
  final boolean fragments;
  final boolean reportsProgress;
  private final boolean skipsPuts;
  private final boolean skipsDeletes;

  State state = State.BEHIND;

  /** The oldest revision it accepts changes of; while it is behind, all before was handed over. */
  long nextRevision;

  /** Whether it had no changes since progress was last due. */
  boolean quiet = true;

  private @Nullable List<Change> gathered;

  Watcher(WatchStream stream, long id, KeySpan span, WatchCreateRequest request) {
    this.stream = stream;
    this.id = id;
    this.span = span;
    this.startRevision = request.getStartRevision();
    this.wantsPrevious = request.getPrevKv();
    this.fragments = request.getFragment();
    this.reportsProgress = request.getProgressNotify();
    this.skipsPuts = request.getFiltersList().contains(FilterType.NOPUT);
    this.skipsDeletes = request.getFiltersList().contains(FilterType.NODELETE);
  }

  /** Whether the next it has to be told of is of this revision. */
  boolean isBehindAt(long revision) {
    return state == State.BEHIND && nextRevision == revision;
  }

  boolean accepts(Change change) {
    return change.revision() >= nextRevision && !(change.isDelete() ? skipsDeletes : skipsPuts);
  }

  /** Puts down a change of the batch at hand; true if it is the first. */
  boolean gather(Change change) {
    boolean first = gathered == null;
    if (gathered == null) {
      gathered = new ArrayList<>(1);
    }
    gathered.add(change);
    return first;
  }

  /** What was put down of the batch at hand. */
  List<Change> takeGathered() {
    var taken = gathered;
    gathered = null;
    return taken == null ? List.of() : taken;
  }
}

package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.HistoryPiece;
import dev.quorate.node.kv.Interest;
import dev.quorate.node.kv.KvStateMachine;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one loop: hands changes to those they concern, answers requests, and knows who has
 * to catch up. Used by one thread at a time; it never waits.
 */
final class Dispatcher {
  private final WatchSettings settings;
  private final Supplier<KvStateMachine> state;
  private final BiConsumer<Long, Interest> historyReader;
  private final WatchCounts counts;
  private final HeldBytes held;
  private final OnTheWay onTheWay;
  private final WatcherIndex live = new WatcherIndex();
  private final RecentChanges recent;
  private final CatchUp catchUp;
  private final ProgressTimes progressTimes;
  private final Set<WatchStream> streams = new LinkedHashSet<>();
  private final Set<WatchStream> awaitingProgress = new LinkedHashSet<>();
  private long revision;

  /**
   * @param historyReader reads a piece of history from a revision on, elsewhere; the outcome comes
   *     to {@link #historyRead} or {@link #historyFailed}
   */
  Dispatcher(
      WatchSettings settings,
      Supplier<KvStateMachine> state,
      BiConsumer<Long, Interest> historyReader,
      WatchCounts counts,
      RandomGenerator random) {
    this.settings = settings;
    this.state = state;
    this.historyReader = historyReader;
    this.counts = counts;
    held = new HeldBytes(settings.totalHeldBytes());
    onTheWay = new OnTheWay(settings.largeBytes(), settings.onTheWayBytes());
    recent = new RecentChanges(settings.recentBytes());
    catchUp = new CatchUp(new Host(), recent, settings.historyPiece().maxBytes(), counts);
    progressTimes = new ProgressTimes(settings.progressInterval().toNanos(), random);
  }

  private final class Host implements CatchUp.Host {
    @Override
    public long revision() {
      return revision;
    }

    @Override
    public long compactRevision() {
      return Dispatcher.this.compactRevision();
    }

    @Override
    public void caughtUp(Watcher watcher) {
      goLive(watcher);
    }

    @Override
    public void compacted(Watcher watcher, long compactRevision) {
      endCompacted(watcher, compactRevision);
    }

    @Override
    public void tooLarge(Watcher watcher, long atRevision) {
      endTooLarge(watcher, atRevision);
    }

    @Override
    public void read(long fromRevision, Interest interest) {
      historyReader.accept(fromRevision, interest);
    }
  }

  private long compactRevision() {
    return state.get().compactRevision();
  }

  boolean isEmpty() {
    return streams.isEmpty();
  }

  /** A stream begins; with the first, all that happens from now on must be told to this. */
  WatchStream open(WatchClient client, boolean needsLeader, long nowNanos) {
    if (streams.isEmpty()) {
      revision = state.get().revision();
      recent.beginWith(revision + 1);
    }
    var outbox = new Outbox(client, settings, held, onTheWay, this::compactRevision, counts);
    var stream = new WatchStream(client, needsLeader, outbox);
    streams.add(stream);
    counts.streams.increment();
    progressTimes.add(stream, nowNanos);
    return stream;
  }

  /** The client has gone. */
  void close(WatchStream stream) {
    if (!streams.remove(stream)) {
      return;
    }
    counts.streams.decrement();
    progressTimes.remove(stream);
    awaitingProgress.remove(stream);
    List.copyOf(stream.watchers.values()).forEach(this::end);
    onTheWay.forget(stream);
    if (stream.outbox.discard()) {
      onTheWay.takeWaiting().forEach(this::goOn);
    }
    if (streams.isEmpty()) {
      recent.beginWith(revision + 1);
    }
  }

  /** Ends streams and tells their clients why. */
  void end(Predicate<WatchStream> which, WatchClient.End reason) {
    for (var stream : List.copyOf(streams)) {
      if (which.test(stream)) {
        close(stream);
        stream.end(reason);
      }
    }
  }

  /**
   * Ends all streams of a dispatcher that is not used any more, in whatever state a bug has left
   * it: nobody waits for what never comes.
   */
  void abandon(WatchClient.End reason) {
    for (var stream : streams) {
      counts.streams.decrement();
      counts.watchers.add(-stream.watchers.size());
      counts.slowWatchers.add(-stream.behind.size());
      var _ = stream.outbox.discard();
      stream.end(reason);
    }
    streams.clear();
  }

  /** The client takes responses again. */
  void ready(WatchStream stream) {
    if (streams.contains(stream)) {
      boolean madeRoom = stream.outbox.left();
      goOn(stream);
      if (madeRoom) {
        onTheWay.takeWaiting().forEach(this::goOn);
      }
    }
  }

  private void goOn(WatchStream stream) {
    stream.outbox.drain();
    catchUp.look(stream);
  }

  void request(WatchStream stream, WatchRequest request) {
    if (!streams.contains(stream)) {
      return;
    }
    switch (request.getRequestUnionCase()) {
      case CREATE_REQUEST -> create(stream, request.getCreateRequest());
      case CANCEL_REQUEST -> cancel(stream, request.getCancelRequest().getWatchId());
      case PROGRESS_REQUEST -> {
        if (!answerProgress(stream)) {
          awaitingProgress.add(stream);
        }
      }
      // As in etcd, what makes no sense does not end the stream.
      case REQUESTUNION_NOT_SET -> {}
    }
    stream.outbox.answered();
  }

  private void create(WatchStream stream, WatchCreateRequest request) {
    var span = KeySpan.of(request);
    var refusal = refusal(stream, request, span);
    if (refusal != null) {
      stream.outbox.say(
          WatchResponse.newBuilder()
              .setWatchId(WatchTexts.NO_WATCH)
              .setCreated(true)
              .setCanceled(true)
              .setCancelReason(refusal),
          revision);
      return;
    }
    long id = request.getWatchId() == 0 ? stream.chooseId() : request.getWatchId();
    var watcher = new Watcher(stream, id, span, request);
    stream.watchers.put(id, watcher);
    counts.watchers.increment();
    stream.outbox.say(WatchResponse.newBuilder().setWatchId(id).setCreated(true), revision);
    long start = watcher.startRevision;
    if (start == 0 || start > revision) {
      watcher.nextRevision = Math.max(start, revision + 1);
      goLive(watcher);
    } else {
      catchUp.add(watcher, start);
    }
  }

  private @Nullable String refusal(WatchStream stream, WatchCreateRequest request, KeySpan span) {
    if (request.getStartRevision() < 0) {
      return WatchTexts.COMPACTED;
    }
    String notPermitted = stream.client.refusal(request);
    if (notPermitted != null) {
      return notPermitted;
    }
    if (span.isEmpty()) {
      return WatchTexts.EMPTY_RANGE;
    }
    if (request.getWatchId() != 0 && stream.watchers.containsKey(request.getWatchId())) {
      return WatchTexts.DUPLICATE_ID;
    }
    return counts.watchers.sum() >= settings.maxWatchers() ? WatchTexts.TOO_MANY : null;
  }

  private void cancel(WatchStream stream, long id) {
    var watcher = stream.watchers.get(id);
    if (watcher != null) {
      end(watcher);
      stream.outbox.say(WatchResponse.newBuilder().setWatchId(id).setCanceled(true), revision);
    }
  }

  private void goLive(Watcher watcher) {
    watcher.state = Watcher.State.LIVE;
    live.add(watcher);
  }

  private void end(Watcher watcher) {
    watcher.stream.watchers.remove(watcher.id);
    leave(watcher);
    watcher.state = Watcher.State.ENDED;
    counts.watchers.decrement();
  }

  private void leave(Watcher watcher) {
    switch (watcher.state) {
      case LIVE -> live.remove(watcher);
      case BEHIND -> catchUp.remove(watcher);
      case COMPACTED, ENDED -> {}
    }
  }

  /** etcd's header has no revision here. */
  private void endCompacted(Watcher watcher, long compactRevision) {
    leave(watcher);
    watcher.state = Watcher.State.COMPACTED;
    watcher.stream.outbox.say(
        WatchResponse.newBuilder()
            .setWatchId(watcher.id)
            .setCanceled(true)
            .setCompactRevision(compactRevision),
        0);
  }

  private void endTooLarge(Watcher watcher, long atRevision) {
    end(watcher);
    watcher.stream.outbox.say(
        WatchResponse.newBuilder()
            .setWatchId(watcher.id)
            .setCanceled(true)
            .setCancelReason(WatchTexts.tooLarge(atRevision)),
        revision);
  }

  /**
   * The store has gone from one revision to another.
   *
   * @param changes null if they are not known: they must be read from the history
   */
  void changed(long before, long to, @Nullable List<Change> changes) {
    long known = revision;
    if (to <= known) {
      return;
    }
    if (changes == null || before > known) {
      missed(known + 1, to);
      return;
    }
    var news = changes;
    if (before < known) {
      news = changes.stream().filter(change -> change.revision() > known).toList();
    }
    revision = to;
    recent.add(news);
    for (var watcher : live.gather(news)) {
      tell(watcher, watcher.takeGathered());
    }
  }

  private void missed(long from, long to) {
    revision = to;
    recent.beginWith(to + 1);
    for (var stream : streams) {
      for (var watcher : stream.watchers.values()) {
        if (watcher.state == Watcher.State.LIVE && watcher.nextRevision <= to) {
          live.remove(watcher);
          catchUp.add(watcher, Math.max(from, watcher.nextRevision));
        }
      }
    }
  }

  private void tell(Watcher watcher, List<Change> changes) {
    int sent = watcher.stream.outbox.send(watcher, changes, 0);
    if (sent == changes.size()) {
      return;
    }
    var left = changes.subList(sent, changes.size());
    if (!watcher.stream.outbox.hold(watcher, left)) {
      live.remove(watcher);
      catchUp.add(watcher, left.getFirst().revision());
    }
  }

  void historyRead(HistoryPiece piece) {
    catchUp.read(piece);
  }

  void historyFailed(long nowNanos) {
    catchUp.readFailed(nowNanos);
  }

  /** Does what is due by the clock, and a piece of catching up; true if more of that waits. */
  boolean turn(long nowNanos) {
    boolean more = catchUp.turn(nowNanos);
    if (!awaitingProgress.isEmpty()) {
      awaitingProgress.removeIf(this::answerProgress);
    }
    while (progressTimes.isDue(nowNanos)) {
      reportProgress(progressTimes.take(nowNanos));
    }
    return more;
  }

  long nextTurnNanos(long otherwiseNanos) {
    return catchUp.nextTurnNanos(progressTimes.nextNanos(otherwiseNanos));
  }

  /**
   * Answers a client that asked how far its watches are, all of them together; false if some are
   * not there yet, and it has to wait. The answer promises that nothing up to its revision is still
   * to come.
   */
  private boolean answerProgress(WatchStream stream) {
    var watchers = stream.watchers.values();
    if (watchers.stream().noneMatch(watcher -> watcher.state == Watcher.State.LIVE)
        && stream.behind.isEmpty()) {
      return true;
    }
    if (!stream.behind.isEmpty()
        || revision < stream.outbox.toldRevision()
        || watchers.stream().anyMatch(watcher -> revision < watcher.startRevision)) {
      return false;
    }
    stream.outbox.say(WatchResponse.newBuilder().setWatchId(WatchTexts.NO_WATCH), revision);
    return true;
  }

  private void reportProgress(WatchStream stream) {
    boolean clear = stream.outbox.isClear() && revision >= stream.outbox.toldRevision();
    for (var watcher : stream.watchers.values()) {
      boolean current =
          watcher.state == Watcher.State.LIVE && revision >= watcher.startRevision && clear;
      if (watcher.reportsProgress && watcher.quiet && current) {
        stream.outbox.say(WatchResponse.newBuilder().setWatchId(watcher.id), revision);
      }
      watcher.quiet = true;
    }
  }
}

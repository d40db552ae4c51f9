package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.execution.Loop;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.HistoryPiece;
import dev.quorate.node.kv.Interest;
import dev.quorate.node.kv.KvStateMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a {@link Dispatcher} and the way in to it. Changes come before the requests that were
 * made after them: a client that has seen its write answered never gets it from a watch that begins
 * now. The loop starts with the first stream.
 */
final class WatchLoop implements Loop {
  private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);

  private final String name;
  private final WatchSettings settings;
  private final Supplier<KvStateMachine> state;
  private final Execution execution;
  private final Executor historyThreads;
  private final WatchCounts counts;
  private final Object lock = new Object();
  private @Nullable Runnable sleeper;
  private List<Round> rounds = new ArrayList<>();
  private long roundsBytes;
  private final List<Consumer<Dispatcher>> commands = new ArrayList<>();
  private boolean started;
  private boolean closed;
  private boolean ended;
  private volatile boolean listening;
  private Dispatcher dispatcher;

  /** What one round of the apply loop changed; null: not recorded, or too much. */
  private record Round(long before, long revision, @Nullable List<Change> changes) {}

  WatchLoop(
      String name,
      WatchSettings settings,
      Supplier<KvStateMachine> state,
      Execution execution,
      Executor historyThreads,
      WatchCounts counts) {
    this.name = name;
    this.settings = settings;
    this.state = state;
    this.execution = execution;
    this.historyThreads = historyThreads;
    this.counts = counts;
    this.dispatcher = newDispatcher();
  }

  private Dispatcher newDispatcher() {
    return new Dispatcher(settings, state, this::readHistory, counts, execution.random());
  }

  boolean listens() {
    return listening;
  }

  /** Of the apply loop: costs a lock and nothing else. */
  void changed(long before, long revision, @Nullable List<Change> changes) {
    if (!listening) {
      return;
    }
    long bytes = 0;
    if (changes != null) {
      for (var change : changes) {
        bytes += change.sizeBytes();
      }
    }
    synchronized (lock) {
      var last = rounds.isEmpty() ? null : rounds.getLast();
      if (changes != null && roundsBytes + bytes <= settings.publishedBytes()) {
        rounds.add(new Round(before, revision, changes));
        roundsBytes += bytes;
      } else if (last != null && last.changes() == null) {
        rounds.set(rounds.size() - 1, new Round(last.before(), revision, null));
      } else {
        rounds.add(new Round(before, revision, null));
      }
    }
    wake();
  }

  private void wake() {
    Runnable wake;
    synchronized (lock) {
      wake = sleeper;
      sleeper = null;
    }
    if (wake != null) {
      wake.run();
    }
  }

  /** A client's way to its stream. */
  WatchHandle open(WatchClient client, boolean needsLeader) {
    var handle = new LoopHandle();
    submit(
        dispatch -> {
          if (dispatch.isEmpty()) {
            // First listen, then look where the store is: nothing can get lost in between.
            listening = true;
          }
          handle.stream = dispatch.open(client, needsLeader, execution.nanoTime());
        });
    return handle;
  }

  void end(Predicate<WatchStream> which, WatchClient.End reason) {
    submit(dispatch -> dispatch.end(which, reason));
  }

  void submit(Consumer<Dispatcher> command) {
    boolean first;
    synchronized (lock) {
      first = !started && !closed;
      started |= first;
      commands.add(command);
    }
    if (first) {
      var _ = execution.start(name, this, this::beginAnew);
    } else {
      wake();
    }
  }

  /** Ends all streams and the loop. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    wake();
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  private List<Round> takenRounds = new ArrayList<>();

  /** What is left of them after a bug is for the next dispatcher: clients wait for an answer. */
  private final ArrayDeque<Consumer<Dispatcher>> takenCommands = new ArrayDeque<>();

  /** Whether the last turn left something to go on with at once. */
  private boolean more;

  @Override
  public boolean hasWork(Runnable wake) {
    synchronized (lock) {
      boolean found =
          more || closed || !takenCommands.isEmpty() || !rounds.isEmpty() || !commands.isEmpty();
      sleeper = found ? null : wake;
      return found;
    }
  }

  @Override
  public long restUntilNanos() {
    return dispatcher.nextTurnNanos(execution.idleUntilNanos());
  }

  @Override
  public void turn() {
    boolean last = takeWork();
    try {
      more = serve();
    } catch (RuntimeException | Error e) {
      more = false;
      beginAnew(e);
    }
    if (last) {
      ended = true;
      listening = false;
      dispatcher.abandon(WatchClient.End.STOPPED);
    }
  }

  /** True if the loop was closed: this is all there is. */
  private boolean takeWork() {
    synchronized (lock) {
      takenRounds = rounds;
      takenCommands.addAll(commands);
      rounds = new ArrayList<>();
      commands.clear();
      roundsBytes = 0;
      return closed;
    }
  }

  private boolean serve() {
    for (var round : takenRounds) {
      dispatcher.changed(round.before(), round.revision(), round.changes());
    }
    while (!takenCommands.isEmpty()) {
      takenCommands.remove().accept(dispatcher);
    }
    boolean goesOn = dispatcher.turn(execution.nanoTime());
    if (dispatcher.isEmpty()) {
      listening = false;
    }
    return goesOn;
  }

  /** A bug in here must not cost the member: the clients go on with new streams. */
  private void beginAnew(Throwable failure) {
    LOG.error("watches met a bug; their streams are ended and go on anew", failure);
    listening = false;
    var broken = dispatcher;
    dispatcher = newDispatcher();
    broken.abandon(WatchClient.End.FAILED);
  }

  private void readHistory(long fromRevision, Interest interest) {
    var asker = dispatcher;
    Runnable read =
        () -> {
          try {
            HistoryPiece piece =
                state.get().reads().history(fromRevision, interest, settings.historyPiece());
            answer(asker, dispatch -> dispatch.historyRead(piece));
          } catch (RuntimeException e) {
            LOG.warn("the history cannot be read now and is tried again: {}", e.toString());
            answer(asker, dispatch -> dispatch.historyFailed(execution.nanoTime()));
          }
        };
    try {
      historyThreads.execute(read);
    } catch (RejectedExecutionException _) {
      dispatcher.historyFailed(execution.nanoTime());
    }
  }

  private void answer(Dispatcher asker, Consumer<Dispatcher> outcome) {
    submit(
        dispatch -> {
          if (asker.equals(dispatch)) {
            outcome.accept(dispatch);
          }
        });
  }

  /** Commands run in order, so the stream is there when one of them needs it. */
  private final class LoopHandle implements WatchHandle {
    private @Nullable WatchStream stream;
    private final AtomicBoolean readyComing = new AtomicBoolean();

    @Override
    public void request(WatchRequest request) {
      with((dispatch, known) -> dispatch.request(known, request));
    }

    @Override
    public void ready() {
      if (readyComing.compareAndSet(false, true)) {
        with(
            (dispatch, known) -> {
              readyComing.set(false);
              dispatch.ready(known);
            });
      }
    }

    @Override
    public void close() {
      with(Dispatcher::close);
    }

    private void with(BiConsumer<Dispatcher, WatchStream> action) {
      submit(
          dispatch -> {
            var known = stream;
            if (known != null) {
              action.accept(dispatch, known);
            }
          });
    }
  }
}

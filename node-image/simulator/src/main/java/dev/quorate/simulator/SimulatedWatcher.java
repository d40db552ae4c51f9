package dev.quorate.simulator;

import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import dev.quorate.api.etcd.WatchProgressRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.watch.WatchClient;
import dev.quorate.node.watch.WatchHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One watch through all its streams: what it is told is compared with the committed history, event
 * by event. When a stream or its node ends it goes on at another node, from the next revision.
 */
final class SimulatedWatcher {
  private static final long ALL_WATCHES = -1;
  private static final int LOOK_MICROS = 200_000;
  private static final int READING_MICROS = 300_000;

  private final Simulation simulation;
  private final RandomGenerator random;
  private final Wish wish;

  /** The first revision that it was not told of; 0: it begins with what comes. */
  private long next;

  private boolean begun;
  private @Nullable Stream stream;

  /** What it wants to know; without an end of the range it is one key. */
  record Wish(
      String key,
      String rangeEnd,
      boolean puts,
      boolean deletes,
      boolean previous,
      boolean progress) {
    boolean wants(Event event) {
      String changed = event.getKv().getKey().toStringUtf8();
      boolean inside =
          rangeEnd.isEmpty()
              ? changed.equals(key)
              : changed.compareTo(key) >= 0 && changed.compareTo(rangeEnd) < 0;
      return inside && (event.getType() == Event.EventType.PUT ? puts : deletes);
    }

    WatchCreateRequest.Builder request() {
      var request =
          WatchCreateRequest.newBuilder()
              .setKey(Requests.bytes(key))
              .setRangeEnd(Requests.bytes(rangeEnd))
              .setPrevKv(previous)
              .setProgressNotify(progress);
      if (!puts) {
        request.addFilters(FilterType.NOPUT);
      }
      if (!deletes) {
        request.addFilters(FilterType.NODELETE);
      }
      return request;
    }
  }

  SimulatedWatcher(Simulation simulation, RandomGenerator random, Wish wish) {
    this.simulation = simulation;
    this.random = random;
    this.wish = wish;
  }

  /** In the past, now, or in the future. */
  void begin() {
    long revision = simulation.history().revision();
    next =
        switch (random.nextInt(3)) {
          case 0 -> 1 + random.nextLong(revision);
          case 1 -> revision + random.nextInt(10);
          default -> 0;
        };
    connect();
    look();
  }

  /** Sees that its stream is gone; sometimes it goes for no reason, or asks how far it is. */
  private void look() {
    simulation.timeline().after(1 + random.nextInt(LOOK_MICROS), this::look);
    var open = stream;
    if (open == null || open.isGone()) {
      connect();
    } else if (!simulation.isCalm() && random.nextInt(20) == 0) {
      open.leave();
      connect();
    } else if (random.nextInt(5) == 0) {
      open.askProgress();
    }
  }

  private void connect() {
    if (begun) {
      simulation.coverage().count(Coverage.Event.WATCH_RESUMED);
    }
    stream = null;
    var node = simulation.anyNode(random);
    if (node.isUp()) {
      node.receive(
          process -> {
            if (stream == null) {
              stream = new Stream(process);
            }
          });
    }
  }

  /** In the calm: whether it was told of all that was committed. */
  boolean hasAll() {
    return next != 0 && missing(simulation.history().revision()).isEmpty();
  }

  private List<Event> missing(long to) {
    var wanted = new ArrayList<Event>();
    for (var changes : simulation.history().changes(next, to).values()) {
      for (var change : changes) {
        if (wish.wants(change.event(false))) {
          wanted.add(change.event(false));
        }
      }
    }
    return wanted;
  }

  private void check(boolean right, String what, WatchResponse response) {
    simulation
        .verdict()
        .check(
            right,
            () ->
                "%s: %s is told %s; it was told of all before %d, committed is %s"
                    .formatted(
                        what,
                        wish,
                        response,
                        next,
                        next == 0 ? "" : missing(simulation.history().revision())));
  }

  /** One connection to one process. */
  private final class Stream implements WatchClient {
    private final Incarnation process;
    private final WatchHandle handle;
    private boolean over;
    private boolean reading = true;

    Stream(Incarnation process) {
      this.process = process;
      this.handle = process.watches().open(this, false);
      handle.request(
          WatchRequest.newBuilder()
              .setCreateRequest(wish.request().setStartRevision(next))
              .build());
    }

    boolean isGone() {
      var node = simulation.node(process.id());
      return over
          || node == null
          || node.incarnation() != process
          || (simulation.isCalm() && !simulation.isMember(process.id()));
    }

    void leave() {
      over = true;
      process.later(0, handle::close);
    }

    void askProgress() {
      process.later(
          0,
          () ->
              handle.request(
                  WatchRequest.newBuilder()
                      .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                      .build()));
    }

    @Override
    public ResponseHeader header(long revision) {
      return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    /** At times it does not read for a while. */
    @Override
    public boolean isReady() {
      if (reading && !simulation.isCalm() && random.nextInt(20) == 0) {
        reading = false;
        simulation.coverage().count(Coverage.Event.STALLED_WATCH);
        process.later(
            random.nextInt(READING_MICROS),
            () -> {
              reading = true;
              handle.ready();
            });
      }
      return reading;
    }

    @Override
    public void requestOne() {}

    @Override
    public void end(End reason) {
      simulation
          .verdict()
          .check(reason != End.FAILED, () -> "the watches of node " + process.id() + " met a bug");
      over = true;
    }

    @Override
    public void send(WatchResponse response) {
      if (over || stream != this) {
        return;
      }
      try {
        simulation.look(process);
        simulation.traceHash().add(response.getHeader().getRevision());
        accept(response);
      } catch (RuntimeException e) {
        throw simulation.verdict().broken(e);
      }
    }

    private void accept(WatchResponse response) {
      long revision = response.getHeader().getRevision();
      check(revision <= process.machine().revision(), "the future", response);
      if (response.getCanceled()) {
        compacted(response);
      } else if (response.getCreated()) {
        begun = true;
        next = next == 0 ? revision + 1 : next;
      } else if (response.getEventsCount() == 0) {
        check(response.getWatchId() == ALL_WATCHES || wish.progress(), "unasked", response);
        check(missing(revision).isEmpty(), "progress beyond a change", response);
        simulation.coverage().count(Coverage.Event.WATCH_PROGRESS);
        next = Math.max(next, revision + 1);
      } else {
        events(response);
      }
    }

    private void compacted(WatchResponse response) {
      long compacted = response.getCompactRevision();
      check(
          compacted > next && compacted <= simulation.history().compactRevision(),
          "not compacted",
          response);
      simulation.coverage().count(Coverage.Event.WATCH_COMPACTED);
      next = compacted;
      leave();
    }

    private void events(WatchResponse response) {
      var told = response.getEventsList();
      long last = told.getLast().getKv().getModRevision();
      var wanted = missing(last);
      check(response.getHeader().getRevision() >= last, "an old header", response);
      check(told.size() == wanted.size(), "too many or too few", response);
      for (int i = 0; i < told.size(); i++) {
        var event = told.get(i);
        check(
            event.getType() == wanted.get(i).getType()
                && event.getKv().equals(wanted.get(i).getKv()),
            "another event",
            response);
        check(isPrevious(event), "another previous pair", response);
      }
      simulation.coverage().count(Coverage.Event.WATCH_EVENT, told.size());
      next = last + 1;
    }

    private boolean isPrevious(Event event) {
      var before =
          simulation
              .history()
              .at(event.getKv().getKey().toStringUtf8(), event.getKv().getModRevision() - 1);
      if (!event.hasPrevKv()) {
        return before == null
            || !wish.previous()
            || before.getModRevision() <= simulation.history().compactRevision();
      }
      return wish.previous() && Objects.equals(event.getPrevKv(), before);
    }
  }
}

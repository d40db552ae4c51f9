package dev.quorate.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.WatchCancelRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import dev.quorate.api.etcd.WatchProgressRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.kv.HistoryPiece;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens in between - clients that do not read, compactions, changes that were not
 * recorded, reads of the history that come late or fail - what each watch was told is what a filter
 * over all that ever happened gives, in order, each once, up to where it was cancelled.
 */
final class DispatcherModelTest {
  private static final int STEPS = 400;

  private final List<Client> clients = new ArrayList<>();
  private final ArrayDeque<Runnable> historyReads = new ArrayDeque<>();
  private final WatchCounts counts = new WatchCounts();
  private SplittableRandom random = new SplittableRandom();
  private WatchedStore store = new WatchedStore(random);
  private Dispatcher dispatcher = dispatcher();
  private long now;

  private record Client(FakeClient end, WatchStream stream, Map<Long, Wanted> wanted) {}

  /** What a client asked for, and where a watch without a start began. */
  private record Wanted(WatchCreateRequest request, long from) {}

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tellsEachWatchWhatAFilterOfHistoryGives(long seed) {
    random = new SplittableRandom(seed);
    store = new WatchedStore(random.split());
    dispatcher = dispatcher();
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    settle();
    for (var client : clients) {
      new Transcript(client, seed).check();
    }
    clients.forEach(client -> dispatcher.close(client.stream()));
    assertThat(counts.watchers.sum()).as("watchers, seed %d", seed).isZero();
    assertThat(counts.slowWatchers.sum()).as("slow watchers, seed %d", seed).isZero();
    assertThat(counts.heldEvents.sum()).as("held events, seed %d", seed).isZero();
  }

  private Dispatcher dispatcher() {
    var settings =
        new WatchSettings(
            1,
            Duration.ofMillis(100),
            600,
            400 + random.nextInt(2000),
            random.nextInt(3000),
            random.nextInt(6000),
            random.nextInt(2000),
            random.nextInt(3000),
            1 << 20,
            random.nextInt(8000),
            new HistoryPiece.Limits(1 + random.nextInt(40), 500 + random.nextInt(3000), 1 << 20),
            1000);
    return new Dispatcher(
        settings,
        () -> store.machine,
        (from, interest) ->
            historyReads.add(
                () ->
                    dispatcher.historyRead(
                        store.machine.reads().history(from, interest, settings.historyPiece()))),
        counts,
        random.split());
  }

  private void step() {
    now += random.nextInt(30_000_000);
    switch (random.nextInt(16)) {
      case 0 -> open();
      case 1, 2 -> create();
      case 3 -> cancel();
      case 4 -> client().end.room = 0;
      case 5, 6 -> read(random.nextInt(1, 6));
      case 7 -> readHistory();
      case 8 -> askForProgress();
      case 9 -> {
        if (random.nextInt(4) == 0) {
          store.compact(random.nextLong(store.machine.revision()) + 1);
        }
      }
      case 10 -> round(random.nextInt(4) > 0);
      default -> round(true);
    }
    if (random.nextInt(3) > 0) {
      var _ = dispatcher.turn(now);
    }
  }

  private Client client() {
    if (clients.isEmpty()) {
      open();
    }
    return clients.get(random.nextInt(clients.size()));
  }

  private void open() {
    if (clients.size() < 6) {
      var end = new FakeClient();
      clients.add(new Client(end, dispatcher.open(end, false, now), new HashMap<>()));
    }
  }

  private void create() {
    var client = client();
    var key = store.key();
    var request =
        WatchCreateRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setPrevKv(random.nextBoolean())
            .setFragment(random.nextBoolean())
            .setProgressNotify(random.nextBoolean());
    switch (random.nextInt(4)) {
      case 0 -> request.setRangeEnd(ByteString.copyFrom(new byte[1]));
      case 1 -> request.setRangeEnd(ByteString.copyFromUtf8("key0"));
      default -> {}
    }
    long newest = store.machine.revision();
    switch (random.nextInt(4)) {
      case 0 -> request.setStartRevision(1 + random.nextLong(newest));
      case 1 -> request.setStartRevision(1 + random.nextLong(newest + 20));
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      request.addFilters(random.nextBoolean() ? FilterType.NOPUT : FilterType.NODELETE);
    }
    long id = client.wanted.size() + 1L;
    request.setWatchId(id);
    long from = request.getStartRevision() == 0 ? newest + 1 : request.getStartRevision();
    client.wanted.put(id, new Wanted(request.build(), from));
    request(client, WatchRequest.newBuilder().setCreateRequest(request));
  }

  private void cancel() {
    var client = client();
    long id = random.nextLong(client.wanted.size() + 1);
    request(
        client,
        WatchRequest.newBuilder().setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id)));
  }

  private void askForProgress() {
    request(
        client(),
        WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance()));
  }

  private void request(Client client, WatchRequest.Builder request) {
    dispatcher.request(client.stream, request.build());
  }

  private void read(int responses) {
    var client = client();
    client.end.room = Math.max(client.end.room, responses);
    dispatcher.ready(client.stream);
  }

  private void readHistory() {
    var read = historyReads.poll();
    if (read == null) {
      return;
    }
    if (random.nextInt(5) == 0) {
      dispatcher.historyFailed(now);
    } else {
      read.run();
    }
  }

  private void round(boolean recorded) {
    long before = store.machine.revision();
    var changes = store.round();
    if (store.machine.revision() > before) {
      dispatcher.changed(before, store.machine.revision(), recorded ? changes : null);
    }
  }

  /** Everybody reads, until nothing more comes. */
  private void settle() {
    boolean more = true;
    for (int i = 0; i < 2000 || more || !historyReads.isEmpty(); i++) {
      now += 10_000_000;
      for (var client : clients) {
        client.end.room = Integer.MAX_VALUE;
        dispatcher.ready(client.stream);
      }
      if (!historyReads.isEmpty()) {
        historyReads.remove().run();
      }
      more = dispatcher.turn(now);
      assertThat(i).as("catching up comes to an end").isLessThan(20_000);
    }
    assertThat(counts.slowWatchers.sum()).isZero();
  }

  /** What one client got, response by response. */
  private final class Transcript {
    private final Client client;
    private final long seed;
    private final Map<Long, List<Event>> told = new HashMap<>();
    private final Map<Long, Long> cancelled = new HashMap<>();
    private final Map<Long, Long> fragmentOf = new HashMap<>();

    Transcript(Client client, long seed) {
      this.client = client;
      this.seed = seed;
    }

    void check() {
      client.end.responses.forEach(this::read);
      client.wanted.forEach(
          (id, wanted) -> {
            var events = Objects.requireNonNull(told.get(id));
            var expected = expected(wanted, Long.MAX_VALUE);
            if (cancelled.containsKey(id)) {
              expected = expected.subList(0, Math.min(events.size(), expected.size()));
            }
            assertThat(withoutPrevious(events))
                .as("watch %d of %s, seed %d", id, wanted.request, seed)
                .isEqualTo(withoutPrevious(expected));
            checkPrevious(wanted.request, events, expected);
          });
    }

    private void read(WatchResponse response) {
      long id = response.getWatchId();
      if (response.getCreated()) {
        told.put(id, new ArrayList<>());
        return;
      }
      if (response.getCanceled()) {
        cancelled.put(id, response.getCompactRevision());
        return;
      }
      if (response.getEventsCount() == 0) {
        progress(response);
        return;
      }
      assertThat(cancelled).as("events after the end, seed %d", seed).doesNotContainKey(id);
      assertThat(told).as("events after created, seed %d", seed).containsKey(id);
      var before = Objects.requireNonNull(told.get(id));
      if (!before.isEmpty() && !fragmentOf.containsKey(id)) {
        assertThat(response.getEvents(0).getKv().getModRevision())
            .as("a revision comes whole, seed %d", seed)
            .isGreaterThan(before.getLast().getKv().getModRevision());
      }
      before.addAll(response.getEventsList());
      if (response.getFragment()) {
        fragmentOf.put(id, response.getHeader().getRevision());
      } else {
        fragmentOf.remove(id);
      }
    }

    /** Nothing up to the revision is still to come. */
    private void progress(WatchResponse response) {
      long revision = response.getHeader().getRevision();
      client.wanted.forEach(
          (id, wanted) -> {
            boolean meant = response.getWatchId() == -1 || response.getWatchId() == id;
            if (meant && told.containsKey(id) && !cancelled.containsKey(id)) {
              assertThat(revision).isGreaterThanOrEqualTo(wanted.request.getStartRevision());
              long events = expected(wanted, revision).size();
              assertThat((long) Objects.requireNonNull(told.get(id)).size())
                  .as("progress of %d at %d, seed %d", id, revision, seed)
                  .isGreaterThanOrEqualTo(events);
            }
          });
    }

    private List<Event> expected(Wanted wanted, long upTo) {
      return store.happened.stream()
          .filter(event -> event.getKv().getModRevision() >= wanted.from)
          .filter(event -> event.getKv().getModRevision() <= upTo)
          .filter(event -> covers(wanted.request, event.getKv().getKey().toStringUtf8()))
          .filter(event -> !filtered(wanted.request, event))
          .toList();
    }

    private static boolean covers(WatchCreateRequest request, String key) {
      var from = request.getKey().toStringUtf8();
      return switch (request.getRangeEnd().size()) {
        case 0 -> key.equals(from);
        case 1 -> key.compareTo(from) >= 0;
        default ->
            key.compareTo(from) >= 0 && key.compareTo(request.getRangeEnd().toStringUtf8()) < 0;
      };
    }

    private static boolean filtered(WatchCreateRequest request, Event event) {
      boolean delete = event.getType() == Event.EventType.DELETE;
      return request.getFiltersList().contains(delete ? FilterType.NODELETE : FilterType.NOPUT);
    }

    private static List<Event> withoutPrevious(List<Event> events) {
      return events.stream().map(event -> event.toBuilder().clearPrevKv().build()).toList();
    }

    /** It may be missing where it was compacted before it could be told, and nowhere else. */
    private void checkPrevious(
        WatchCreateRequest request, List<Event> events, List<Event> expected) {
      long compacted = store.machine.compactRevision();
      for (int i = 0; i < events.size(); i++) {
        var event = events.get(i);
        var wanted = expected.get(i);
        if (!request.getPrevKv()) {
          assertThat(event.hasPrevKv()).isFalse();
        } else if (event.hasPrevKv() || wanted.getKv().getModRevision() > compacted) {
          assertThat(event.getPrevKv()).as("seed %d", seed).isEqualTo(wanted.getPrevKv());
        }
      }
    }
  }
}

package dev.quorate.node.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.HistoryPiece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The loops on threads of their own, with a writer that does not wait for them and clients that
 * read when they like: whatever meets, each watch gets all, in order, once.
 */
final class WatchHubTest {
  private static final int ROUNDS = 1000;
  private static final int CLIENTS = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Takes what it is sent while it reads. */
  private static class Reader implements WatchClient {
    final ConcurrentLinkedQueue<WatchResponse> responses = new ConcurrentLinkedQueue<>();
    volatile boolean reading = true;
    volatile boolean ended;
    volatile Runnable onHeader = () -> {};

    @Override
    public ResponseHeader header(long revision) {
      onHeader.run();
      return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    @Override
    public boolean isReady() {
      return reading;
    }

    @Override
    public void send(WatchResponse response) {
      responses.add(response);
    }

    @Override
    public void requestOne() {}

    @Override
    public void end(End reason) {
      ended = true;
    }

    List<Event> events() {
      return responses.stream().flatMap(one -> one.getEventsList().stream()).toList();
    }
  }

  private static WatchHandle begin(WatchHub hub, Reader reader, WatchCreateRequest request) {
    var handle = hub.open(reader, false);
    handle.request(WatchRequest.newBuilder().setCreateRequest(request).build());
    return handle;
  }

  private record Watch(Reader reader, WatchHandle handle, WatchCreateRequest request) {
    static Watch begin(WatchHub hub, WatchCreateRequest request) {
      var reader = new Reader();
      return new Watch(reader, WatchHubTest.begin(hub, reader, request), request);
    }

    void read(boolean reading) {
      reader.reading = reading;
      if (reading) {
        handle.ready();
      }
    }

    boolean isComplete(List<Event> happened) {
      return !reader.responses.isEmpty() && reader.events().size() >= expected(happened).size();
    }

    /** A watch without a start begins behind the revision that it is answered with. */
    List<Event> expected(List<Event> happened) {
      var created = reader.responses.element();
      long from =
          request.getStartRevision() == 0
              ? created.getHeader().getRevision() + 1
              : request.getStartRevision();
      boolean all = !request.getRangeEnd().isEmpty();
      return happened.stream()
          .filter(event -> event.getKv().getModRevision() >= from)
          .filter(event -> all || event.getKv().getKey().equals(request.getKey()))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tellsEverybodyEverything(long seed) throws InterruptedException {
    var random = new SplittableRandom(seed);
    var store = new WatchedStore(random.split());
    try (var hub = new WatchHub(tightSettings(), new Threads("test"))) {
      hub.opened(store.machine);
      var writer = Thread.ofPlatform().start(() -> write(store, hub));
      var watches = new ArrayList<Watch>();
      while (writer.isAlive()) {
        if (watches.size() < CLIENTS) {
          watches.add(Watch.begin(hub, request(store, random)));
        }
        watches.get(random.nextInt(watches.size())).read(random.nextInt(3) > 0);
      }
      writer.join();
      watches.forEach(watch -> watch.read(true));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> watches.stream().allMatch(watch -> watch.isComplete(store.happened)));
      for (var watch : watches) {
        assertThat(watch.reader.events()).isEqualTo(watch.expected(store.happened));
      }
      await().until(() -> hub.gauges().slowWatchers() == 0 && hub.gauges().pendingEvents() == 0);
      watches.forEach(watch -> watch.handle.close());
      await().until(() -> hub.gauges().watchers() == 0 && !hub.listens());
      assertThat(watches).noneMatch(watch -> watch.reader.ended);
    }
  }

  /** So little room that everything that can be missed is missed now and then. */
  private static WatchSettings tightSettings() {
    return tightSettings(2);
  }

  private static WatchSettings tightSettings(int loops) {
    return new WatchSettings(
        loops,
        Duration.ofMillis(100),
        2 << 20,
        2000,
        2000,
        8000,
        1000,
        3000,
        4000,
        20_000,
        new HistoryPiece.Limits(200, 10_000, 20_000),
        1000);
  }

  @Test
  void aRevisionThatDoesNotFitEndsOnlyTheWatchesThatWantAllOfIt() {
    var store = new WatchedStore(new SplittableRandom(1));
    for (int i = 100; i < 300; i++) {
      var key = ByteString.copyFromUtf8("big/" + i);
      store.apply(Command.newBuilder().setPut(PutRequest.newBuilder().setKey(key)));
    }
    var all = ByteString.copyFromUtf8("big/");
    var end = ByteString.copyFromUtf8("big0");
    long from = store.machine.revision();
    store.apply(
        Command.newBuilder()
            .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(all).setRangeEnd(end)));
    var one = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("big/299"));
    try (var hub = new WatchHub(tightSettings(1), new Threads("test"))) {
      hub.opened(store.machine);
      var wide =
          Watch.begin(hub, one.clone().setKey(all).setRangeEnd(end).setStartRevision(from).build());
      var narrow = Watch.begin(hub, one.setStartRevision(from).build());
      await().atMost(PATIENCE).until(() -> narrow.reader.events().size() == 2);
      await().atMost(PATIENCE).until(() -> wide.reader.responses.size() == 3);
      var responses = List.copyOf(wide.reader.responses);
      assertThat(responses.get(1).getEventsList()).as("the last put").hasSize(1);
      assertThat(responses.getLast().getCanceled()).isTrue();
      assertThat(responses.getLast().getCancelReason())
          .startsWith("quorate: the changes of revision " + (from + 1) + " in this range are more");
      assertThat(hub.gauges().watchers()).isEqualTo(1);
      assertThat(hub.gauges().slowWatchers()).isZero();
    }
  }

  @Test
  void aBugCostsItsStreamsButNobodyWhoComesAfterThem() throws InterruptedException {
    var store = new WatchedStore(new SplittableRandom(1));
    var create = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("key/a")).build();
    try (var hub = new WatchHub(tightSettings(1), new Threads("test"))) {
      hub.opened(store.machine);
      var busy = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      var holdsUp = new Reader();
      holdsUp.onHeader =
          () -> {
            busy.countDown();
            Uninterruptibles.awaitUninterruptibly(goOn);
          };
      begin(hub, holdsUp, create);
      busy.await();
      var broken = new Reader();
      broken.onHeader =
          () -> {
            throw new IllegalStateException("a bug");
          };
      begin(hub, broken, create);
      var later = Watch.begin(hub, create);
      goOn.countDown();
      await().atMost(PATIENCE).until(() -> broken.ended && holdsUp.ended);
      await().atMost(PATIENCE).until(() -> later.reader.responses.size() == 1);
      assertThat(later.reader.ended).isFalse();
    }
  }

  /** As a call of gRPC that a failure has closed. */
  private static Reader closedCall() {
    return new Reader() {
      @Override
      public void send(WatchResponse response) {
        throw new OutOfMemoryError("no direct memory");
      }

      @Override
      public void end(End reason) {
        throw new IllegalStateException("call already closed");
      }
    };
  }

  @Test
  void aStreamThatCannotBeEndedKeepsNoOtherFromIt() {
    var store = new WatchedStore(new SplittableRandom(1));
    var create = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("key/a")).build();
    try (var hub = new WatchHub(tightSettings(1), new Threads("test"))) {
      hub.opened(store.machine);
      var before = Watch.begin(hub, create);
      var silent = hub.open(closedCall(), false);
      var behind = Watch.begin(hub, create);
      await().atMost(PATIENCE).until(() -> behind.reader.responses.size() == 1);
      silent.request(WatchRequest.newBuilder().setCreateRequest(create).build());
      await().atMost(PATIENCE).until(() -> before.reader.ended && behind.reader.ended);
      await().atMost(PATIENCE).until(() -> hub.gauges().streams() == 0);
      assertThat(hub.gauges().watchers()).isZero();

      var unfit = hub.open(closedCall(), true);
      var follower = new Reader();
      hub.open(follower, true).request(WatchRequest.newBuilder().setCreateRequest(create).build());
      hub.leaderLost();
      await().atMost(PATIENCE).until(() -> follower.ended && hub.gauges().streams() == 0);
      unfit.close();
    }
  }

  private static void write(WatchedStore store, WatchHub hub) {
    for (int i = 0; i < ROUNDS; i++) {
      long before = store.machine.revision();
      boolean wanted = hub.listens();
      var changes = store.round();
      if (store.machine.revision() > before) {
        hub.changed(before, store.machine.revision(), wanted ? changes : null);
      }
    }
  }

  private static WatchCreateRequest request(WatchedStore store, SplittableRandom random) {
    var request = WatchCreateRequest.newBuilder().setPrevKv(true);
    if (random.nextBoolean()) {
      request.setKey(ByteString.copyFromUtf8("key/" + (char) ('a' + random.nextInt(8))));
    } else {
      request.setRangeEnd(ByteString.copyFrom(new byte[1]));
    }
    long newest = store.machine.revision();
    return switch (random.nextInt(3)) {
      case 0 -> request.setStartRevision(1 + random.nextLong(newest)).build();
      case 1 -> request.setStartRevision(newest + random.nextInt(100)).build();
      default -> request.build();
    };
  }
}

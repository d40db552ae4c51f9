package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.kv.Change;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes out to one client, in order. While the client does not read a little waits here, as
 * references to changes that are shared with other streams; what does not fit is read again from
 * the history when the client is ready.
 */
final class Outbox {
  private static final int DELIVERY_BYTES = 80;

  private final WatchClient client;
  private final WatchSettings settings;
  private final HeldBytes total;
  private final OnTheWay onTheWay;
  private final LongSupplier compactRevision;
  private final WatchCounts counts;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int heldBytes;
  private @Nullable Change lastHeld;
  private int owedRequests;

  /** In large responses that were sent and have not left. */
  private long onTheWayBytes;

  private boolean awaitsRoom;
  private long toldRevision;

  private sealed interface Waiting {
    record Control(WatchResponse response) implements Waiting {}

    record Delivery(Watcher watcher, List<Change> changes, int bytes) implements Waiting {}
  }

  Outbox(
      WatchClient client,
      WatchSettings settings,
      HeldBytes total,
      OnTheWay onTheWay,
      LongSupplier compactRevision,
      WatchCounts counts) {
    this.client = client;
    this.settings = settings;
    this.total = total;
    this.onTheWay = onTheWay;
    this.compactRevision = compactRevision;
    this.counts = counts;
  }

  /** Whether what is sent now leaves at once. */
  boolean isClear() {
    return waiting.isEmpty() && !awaitsRoom && client.isReady();
  }

  /** The newest revision that any header has told; progress never falls behind it. */
  long toldRevision() {
    return toldRevision;
  }

  /** A response without events, as of a revision, behind everything that waits. */
  void say(WatchResponse.Builder response, long revision) {
    var whole = response.setHeader(client.header(revision)).build();
    if (isClear()) {
      client.send(whole);
    } else {
      waiting.add(new Waiting.Control(whole));
    }
    toldRevision = Math.max(toldRevision, revision);
  }

  /** A request was dealt with; the next may come when its answer has left. */
  void answered() {
    if (waiting.isEmpty()) {
      client.requestOne();
    } else {
      owedRequests++;
    }
  }

  /**
   * Sends as many changes as the client takes now, whole revisions, and returns how many.
   *
   * @param storeRevision for the headers; 0: the revision of the last change of each response
   */
  int send(Watcher watcher, List<Change> changes, long storeRevision) {
    int sent = 0;
    while (sent < changes.size() && isClear()) {
      sent = sendPiece(watcher, changes, sent, storeRevision);
    }
    return sent;
  }

  /** Returns where the next one begins: where this one did if it is large and has to wait. */
  private int sendPiece(Watcher watcher, List<Change> changes, int begin, long storeRevision) {
    int end = Responses.endOfPiece(changes, begin, settings.responseBytes());
    var piece = changes.subList(begin, end);
    long bytes = Responses.sizeBytes(piece);
    boolean large = onTheWay.counts(bytes);
    if (large && !onTheWay.take(watcher.stream, bytes)) {
      awaitsRoom = true;
      return begin;
    }
    long revision = storeRevision == 0 ? piece.getLast().revision() : storeRevision;
    var response =
        Responses.events(watcher, piece, compactRevision.getAsLong())
            .setHeader(client.header(revision))
            .build();
    if (watcher.fragments) {
      Fragments.of(response, settings.fragmentBytes()).forEach(client::send);
    } else {
      client.send(response);
    }
    if (large) {
      onTheWayBytes += bytes;
      if (client.isReady()) {
        var _ = left();
      }
    }
    watcher.quiet = false;
    toldRevision = Math.max(toldRevision, revision);
    counts.sentEvents.add(piece.size());
    return end;
  }

  /** Keeps new changes until the client reads again; false if there is no room for them. */
  boolean hold(Watcher watcher, List<Change> changes) {
    int bytes = DELIVERY_BYTES;
    for (var change : changes) {
      bytes += change.equals(lastHeld) ? 0 : change.sizeBytes();
    }
    if (heldBytes + bytes > settings.streamHeldBytes() || !total.hasRoomFor(bytes)) {
      return false;
    }
    waiting.add(new Waiting.Delivery(watcher, changes, bytes));
    lastHeld = changes.getLast();
    heldBytes += bytes;
    total.add(bytes);
    counts.heldEvents.add(changes.size());
    return true;
  }

  /** What was sent has left; true if others may have waited for that. */
  boolean left() {
    long bytes = onTheWayBytes;
    onTheWayBytes = 0;
    onTheWay.giveBack(bytes);
    return bytes > 0;
  }

  /** Sends what waits, as much as the client takes now. */
  void drain() {
    awaitsRoom = false;
    while (!waiting.isEmpty() && !awaitsRoom && client.isReady()) {
      switch (waiting.remove()) {
        case Waiting.Control(var response) -> client.send(response);
        case Waiting.Delivery delivery -> deliver(delivery);
      }
    }
    if (waiting.isEmpty()) {
      lastHeld = null;
      for (; owedRequests > 0; owedRequests--) {
        client.requestOne();
      }
    }
  }

  private void deliver(Waiting.Delivery delivery) {
    // Even if the watch was cancelled since: progress that was told behind them counts on them.
    var changes = delivery.changes();
    int sent = 0;
    while (sent < changes.size() && !awaitsRoom) {
      sent = sendPiece(delivery.watcher(), changes, sent, 0);
    }
    if (sent == changes.size()) {
      release(delivery);
    } else {
      counts.heldEvents.add(-sent);
      var left = changes.subList(sent, changes.size());
      waiting.addFirst(new Waiting.Delivery(delivery.watcher(), left, delivery.bytes()));
    }
  }

  private void release(Waiting.Delivery delivery) {
    heldBytes -= delivery.bytes();
    total.release(delivery.bytes());
    counts.heldEvents.add(-delivery.changes().size());
  }

  /** The stream is over; true if others may have waited for that. */
  boolean discard() {
    for (var one : waiting) {
      if (one instanceof Waiting.Delivery delivery) {
        release(delivery);
      }
    }
    waiting.clear();
    return left();
  }
}

package dev.quorate.e2e.differential;

import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.WatchCancelRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchProgressRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * One stream of watches on one server and all that came of each. How events are spread over
 * responses is the server's business; their order is not.
 */
final class WatchRecording implements StreamObserver<WatchResponse>, AutoCloseable {
  /** What became of one watch: what it was told, and its events. */
  record Watched(List<String> notices, List<Event> events) {
    Watched() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final ClientCallStreamObserver<WatchRequest> requests;
  private final TreeMap<Long, Watched> watches = new TreeMap<>();
  private int answered;
  private int progressed;
  private String end = "";

  WatchRecording(Channel server) {
    requests = (ClientCallStreamObserver<WatchRequest>) WatchGrpc.newStub(server).watch(this);
  }

  /** Returns when the server has said what becomes of this watch. */
  void create(WatchCreateRequest request) {
    ask(WatchRequest.newBuilder().setCreateRequest(request).build());
  }

  /** The same for the end of one. */
  void cancel(long id) {
    ask(
        WatchRequest.newBuilder()
            .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
            .build());
  }

  /** Whether the server says in time that no watch of the stream has to catch up any more. */
  boolean progresses(Duration atMost) {
    int before = progressed();
    requests.onNext(
        WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build());
    long endNanos = System.nanoTime() + atMost.toNanos();
    while (progressed() == before && System.nanoTime() < endNanos) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    return progressed() > before;
  }

  private synchronized int progressed() {
    return progressed;
  }

  private void ask(WatchRequest request) {
    int before = answered();
    requests.onNext(request);
    Awaitility.await("answer to " + request)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> answered() > before || !end().isEmpty());
  }

  private synchronized int answered() {
    return answered;
  }

  private synchronized String end() {
    return end;
  }

  @Override
  public synchronized void onNext(WatchResponse response) {
    if (response.getWatchId() == -1 && !response.getCreated()) {
      progressed++;
      return;
    }
    var watched = watches.computeIfAbsent(response.getWatchId(), _ -> new Watched());
    if (response.getCreated() || response.getCanceled()) {
      answered++;
      watched.notices.add(
          "created=%s canceled=%s compact_revision=%d reason=%s"
              .formatted(
                  response.getCreated(),
                  response.getCanceled(),
                  response.getCompactRevision(),
                  response.getCancelReason()));
    }
    watched.events.addAll(response.getEventsList());
  }

  @Override
  public synchronized void onError(Throwable failure) {
    end = String.valueOf(failure.getMessage());
  }

  @Override
  public synchronized void onCompleted() {
    end = "completed";
  }

  /** Everything so far. */
  synchronized Map<Long, Watched> watches() {
    var copy = new TreeMap<Long, Watched>();
    watches.forEach(
        (id, watched) ->
            copy.put(id, new Watched(List.copyOf(watched.notices), List.copyOf(watched.events))));
    if (!end.isEmpty()) {
      throw new AssertionError("the stream of watches ended: " + end);
    }
    return copy;
  }

  /** Only this ends the watches: who has no more requests may still want to be told. */
  @Override
  public void close() {
    requests.cancel("the recording ends", null);
  }
}

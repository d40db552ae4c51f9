package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.watch.WatchClient;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Watches for one event within this process, and is gone when it has come or nobody waits. */
final class EventWatch implements WatchClient {
  private final ServingMember member;
  private final Predicate<Event> wanted;
  private final CompletableFuture<Event> found = new CompletableFuture<>();

  private EventWatch(ServingMember member, Predicate<Event> wanted) {
    this.member = member;
    this.wanted = wanted;
  }

  /**
   * The first event that is wanted from a revision on. Whoever completes the future otherwise ends
   * the watch.
   */
  static CompletableFuture<Event> first(
      ServingMember member, WatchCreateRequest request, Predicate<Event> wanted) {
    var watch = new EventWatch(member, wanted);
    var handle = member.watches().open(watch, false);
    var _ = watch.found.whenComplete((_, _) -> handle.close());
    handle.request(WatchRequest.newBuilder().setCreateRequest(request).build());
    return watch.found;
  }

  /** From now on: the deletion of one key. */
  static CompletableFuture<Event> deletion(
      ServingMember member, ByteString key, long fromRevision) {
    var request = WatchCreateRequest.newBuilder().setKey(key).setStartRevision(fromRevision);
    return first(member, request.build(), event -> event.getType() == Event.EventType.DELETE);
  }

  @Override
  public ResponseHeader header(long revision) {
    return member.header(revision);
  }

  @Override
  public boolean isReady() {
    return !found.isDone();
  }

  @Override
  public void send(WatchResponse response) {
    for (var event : response.getEventsList()) {
      if (wanted.test(event)) {
        found.complete(event);
        return;
      }
    }
    if (response.getCanceled()) {
      var error =
          response.getCompactRevision() > 0 ? EtcdErrors.COMPACTED : EtcdErrors.TOO_MANY_REQUESTS;
      found.completeExceptionally(error.asRuntimeException());
    }
  }

  @Override
  public void requestOne() {}

  @Override
  public void end(End reason) {
    var error =
        switch (reason) {
          case NO_LEADER -> EtcdErrors.NO_LEADER;
          case STOPPED, FAILED -> EtcdErrors.STOPPED;
        };
    found.completeExceptionally(error.asRuntimeException());
  }
}

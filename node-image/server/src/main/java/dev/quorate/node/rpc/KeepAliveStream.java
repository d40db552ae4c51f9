package dev.quorate.node.rpc;

import dev.quorate.api.etcd.LeaseKeepAliveRequest;
import dev.quorate.api.etcd.LeaseKeepAliveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of renewals, one after the other: the next is taken in when the last is
 * answered and the client takes answers, so a client that asks faster than it is answered, or does
 * not read, waits.
 */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest> {
  private final ServingMember member;
  private final LongFunction<CompletableFuture<?>> permission;
  private final ServerCallStreamObserver<LeaseKeepAliveResponse> client;

  /** A renewal is on its way. */
  private boolean busy;

  /** The next request is taken in when the client takes answers again. */
  private boolean waits;

  /** The client has nothing more to ask. */
  private boolean asked;

  /** The stream is over for the client. */
  private boolean closed;

  private KeepAliveStream(
      ServingMember member,
      LongFunction<CompletableFuture<?>> permission,
      ServerCallStreamObserver<LeaseKeepAliveResponse> client) {
    this.member = member;
    this.permission = permission;
    this.client = client;
  }

  /** The client has been told why nobody serves it. */
  static StreamObserver<LeaseKeepAliveRequest> refused() {
    return new Refused();
  }

  /**
   * Begins to take in requests.
   *
   * @param permission fails if the client may not renew the lease
   */
  static StreamObserver<LeaseKeepAliveRequest> open(
      ServingMember member,
      LongFunction<CompletableFuture<?>> permission,
      ServerCallStreamObserver<LeaseKeepAliveResponse> client) {
    var stream = new KeepAliveStream(member, permission, client);
    client.disableAutoRequest();
    client.setOnReadyHandler(stream::takesAnswers);
    client.request(1);
    return stream;
  }

  private synchronized void takesAnswers() {
    if (waits && !closed) {
      waits = false;
      client.request(1);
    }
  }

  @Override
  public void onNext(LeaseKeepAliveRequest request) {
    synchronized (this) {
      busy = true;
    }
    // From before the renewal: a client must not be told that the lease lived at the revision at
    // which it was revoked.
    var response =
        LeaseKeepAliveResponse.newBuilder()
            .setHeader(member.header(member.state().get().revision()))
            .setID(request.getID());
    var _ =
        permission
            .apply(request.getID())
            .thenCompose(_ -> member.leases().renew(request.getID()))
            .whenComplete((ttlSeconds, failure) -> answer(response, ttlSeconds, failure));
  }

  private synchronized void answer(
      LeaseKeepAliveResponse.Builder response,
      @Nullable OptionalLong ttlSeconds,
      @Nullable Throwable failure) {
    busy = false;
    if (closed || client.isCancelled()) {
      return;
    }
    if (failure != null || ttlSeconds == null) {
      closed = true;
      Calls.fail(client, EtcdErrors.of(failure == null ? new IllegalStateException() : failure));
      return;
    }
    client.onNext(response.setTTL(ttlSeconds.orElse(0)).build());
    if (asked) {
      complete();
    } else if (client.isReady()) {
      client.request(1);
    } else {
      waits = true;
    }
  }

  @Override
  public synchronized void onError(Throwable failure) {
    closed = true;
  }

  @Override
  public synchronized void onCompleted() {
    asked = true;
    if (!busy) {
      complete();
    }
  }

  private void complete() {
    if (!closed) {
      closed = true;
      client.onCompleted();
    }
  }

  /** Nobody serves: what still comes in goes nowhere. */
  private static final class Refused implements StreamObserver<LeaseKeepAliveRequest> {
    @Override
    public void onNext(LeaseKeepAliveRequest request) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}

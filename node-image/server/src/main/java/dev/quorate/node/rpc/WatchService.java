package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.watch.WatchClient;
import dev.quorate.node.watch.WatchHandle;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** etcd's Watch service: brings streams to the member's watches. */
public final class WatchService extends WatchGrpc.WatchImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(WatchService.class);

  /** How many requests of a stream may be under way; one more is not read from the network. */
  private static final int REQUESTS_UNDER_WAY = 64;

  /** Where the range of all keys begins; an empty key means it. */
  private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[1]);

  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;

  public WatchService(Supplier<@Nullable ServingMember> serving, AccessControl access) {
    this.serving = serving;
    this.access = access;
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> client) {
    var call = (ServerCallStreamObserver<WatchResponse>) client;
    var member = serving.get();
    if (member == null || member.isLearner()) {
      Calls.fail(call, member == null ? EtcdErrors.NOT_SERVING : EtcdErrors.NOT_FOR_LEARNERS);
      return new Requests(null);
    }
    call.disableAutoRequest();
    // A stream lasts: auth may be enabled while it does, so what it shows is always kept.
    var end = new Client(call, member, access, Credentials.current());
    var stream = member.watches().open(end, LeaderRequirement.isMadeByThisCall());
    call.setOnReadyHandler(stream::ready);
    call.setOnCancelHandler(stream::close);
    call.setOnCloseHandler(stream::close);
    call.request(REQUESTS_UNDER_WAY);
    return new Requests(stream);
  }

  /** A client that will ask for nothing more still gets what it watches. */
  private record Requests(@Nullable WatchHandle stream) implements StreamObserver<WatchRequest> {
    @Override
    public void onNext(WatchRequest request) {
      if (stream != null) {
        stream.request(request);
      }
    }

    @Override
    public void onError(Throwable cancelled) {
      if (stream != null) {
        stream.close();
      }
    }

    @Override
    public void onCompleted() {}
  }

  private record Client(
      ServerCallStreamObserver<WatchResponse> call,
      ServingMember member,
      AccessControl access,
      Credentials credentials)
      implements WatchClient {
    @Override
    public @Nullable String refusal(WatchCreateRequest request) {
      var key = request.getKey().isEmpty() ? FIRST_KEY : request.getKey();
      var refusal =
          access.refuseRange(member.state().get(), credentials, key, request.getRangeEnd());
      return refusal == null ? null : refusal.getDescription();
    }

    @Override
    public ResponseHeader header(long revision) {
      return member.header(revision);
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(WatchResponse response) {
      try {
        call.onNext(response);
      } catch (RuntimeException | Error e) {
        // gRPC has closed the call then, and that ends the stream; others must go on.
        LOG.warn("a response could not be sent to a client of watches: {}", e.toString());
      }
    }

    @Override
    public void requestOne() {
      call.request(1);
    }

    @Override
    public void end(End reason) {
      Calls.fail(
          call,
          switch (reason) {
            case NO_LEADER -> EtcdErrors.NO_LEADER;
            case STOPPED -> EtcdErrors.STOPPED;
            case FAILED -> Status.UNAVAILABLE.withDescription("quorate: the stream met a bug");
          });
    }
  }
}

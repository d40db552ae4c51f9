package dev.quorate.node.http.gateway;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseKeepAliveRequest;
import dev.quorate.api.etcd.LeaseKeepAliveResponse;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.SnapshotResponse;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.LockResponse;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Services that do what a test of the gateway needs, and remember what was asked of them. */
final class FakeServices {
  static final int SNAPSHOT_PIECES = 1000;
  private static final ByteString SNAPSHOT_PIECE = ByteString.copyFrom(new byte[64 << 10]);

  final List<PutRequest> puts = new CopyOnWriteArrayList<>();
  final Deque<String> tokens = new ConcurrentLinkedDeque<>();
  final AtomicReference<@Nullable StreamObserver<LockResponse>> waitingForTheLock =
      new AtomicReference<>();
  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger snapshotPieces = new AtomicInteger();
  volatile @Nullable Status error;
  private volatile @Nullable StreamObserver<WatchResponse> watcher;

  static RangeResponse everyKind(ByteString key) {
    return RangeResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setClusterId(-1).setRevision(-1))
        .addKvs(KeyValue.newBuilder().setKey(key))
        .setMore(true)
        .build();
  }

  BindableService[] all() {
    return new BindableService[] {
      new FakeKv(), new FakeLock(), new FakeWatch(), new FakeLease(), new FakeMaintenance()
    };
  }

  ServerInterceptor takesNotes() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String token = headers.get(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER));
        if (token != null) {
          tokens.add(token);
        }
        return next.startCall(call, headers);
      }
    };
  }

  void grantTheLock() {
    var client = Objects.requireNonNull(waitingForTheLock.get());
    client.onNext(LockResponse.newBuilder().setKey(ByteString.copyFromUtf8("lock")).build());
    client.onCompleted();
  }

  void event(long watchId) {
    var client = watcher;
    if (client != null) {
      client.onNext(WatchResponse.newBuilder().setWatchId(watchId).build());
    }
  }

  void endWatch(Status status) {
    var client = watcher;
    if (client != null) {
      client.onError(status.asRuntimeException());
    }
  }

  private void countCancel(StreamObserver<?> client) {
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(cancelled::incrementAndGet);
  }

  private boolean failed(StreamObserver<?> client) {
    Status status = error;
    if (status != null) {
      client.onError(status.asRuntimeException());
    }
    return status != null;
  }

  private final class FakeKv extends KVGrpc.KVImplBase {
    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> client) {
      if (!failed(client)) {
        puts.add(request);
        client.onNext(PutResponse.getDefaultInstance());
        client.onCompleted();
      }
    }
  }

  private final class FakeLock extends LockGrpc.LockImplBase {
    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> client) {
      countCancel(client);
      waitingForTheLock.set(client);
    }
  }

  private final class FakeWatch extends WatchGrpc.WatchImplBase {
    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> client) {
      countCancel(client);
      watcher = client;
      return new Requests<>(client) {
        @Override
        public void onNext(WatchRequest request) {
          long id = request.getCreateRequest().getWatchId();
          client.onNext(WatchResponse.newBuilder().setWatchId(id).setCreated(true).build());
        }
      };
    }
  }

  private static final class FakeLease extends LeaseGrpc.LeaseImplBase {
    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<LeaseKeepAliveResponse> client) {
      return new Requests<>(client) {
        @Override
        public void onNext(LeaseKeepAliveRequest request) {
          client.onNext(LeaseKeepAliveResponse.newBuilder().setID(request.getID()).build());
        }
      };
    }
  }

  private abstract static class Requests<T> implements StreamObserver<T> {
    private final StreamObserver<?> client;

    Requests(StreamObserver<?> client) {
      this.client = client;
    }

    @Override
    public void onError(Throwable gone) {}

    @Override
    public void onCompleted() {
      client.onCompleted();
    }
  }

  private final class FakeMaintenance extends MaintenanceGrpc.MaintenanceImplBase {
    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
      if (failed(observer)) {
        return;
      }
      var client = (ServerCallStreamObserver<SnapshotResponse>) observer;
      client.setOnReadyHandler(() -> sendPieces(client));
    }

    private void sendPieces(ServerCallStreamObserver<SnapshotResponse> client) {
      while (client.isReady() && snapshotPieces.get() < SNAPSHOT_PIECES) {
        client.onNext(SnapshotResponse.newBuilder().setBlob(SNAPSHOT_PIECE).build());
        if (snapshotPieces.incrementAndGet() == SNAPSHOT_PIECES) {
          client.onCompleted();
        }
      }
    }
  }
}

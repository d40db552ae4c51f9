package dev.quorate.node.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.StatusResponse;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer whose name leads nowhere for a moment, and then elsewhere. */
final class ReconnectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MovingName names = new MovingName();
  private Server server;
  private ServerSocket deaf;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    var loopback = InetAddress.getLoopbackAddress();
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(loopback, 0), InsecureServerCredentials.create())
            .addService(new Answering())
            .build()
            .start();
    deaf = new ServerSocket(0, 10, loopback);
    NameResolverRegistry.getDefaultRegistry().register(names);
    channel =
        NettyChannelBuilder.forTarget("moving:peer", InsecureChannelCredentials.create())
            .disableRetry()
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    NameResolverRegistry.getDefaultRegistry().deregister(names);
    deaf.close();
    server.shutdownNow().awaitTermination();
  }

  @Test
  void aPeerThatMovedIsReachedAlthoughItsOldAddressFailsAfterwards() throws Exception {
    try (var _ = connectToOldAddress()) {
      names.fails();
      names.leadsTo(Objects.requireNonNull(server.getListenSockets().getFirst()));
      await().atMost(PATIENCE).until(() -> state() == ConnectivityState.READY);
    }
    // This is what grpc-java makes of it; were it not so, nothing would need to be prepared.
    await().atMost(PATIENCE).until(() -> state() == ConnectivityState.TRANSIENT_FAILURE);
    assertThat(isAnswered()).isFalse();

    Reconnection.prepare(channel);
    assertThat(isAnswered()).isTrue();
    assertThat(state()).isEqualTo(ConnectivityState.READY);
  }

  /** Accepted, and never spoken to, so that the channel goes on waiting. */
  private Socket connectToOldAddress() throws Exception {
    names.firstLeadsTo(deaf.getLocalSocketAddress());
    var _ = channel.getState(true);
    return deaf.accept();
  }

  private ConnectivityState state() {
    return channel.getState(false);
  }

  private boolean isAnswered() {
    try {
      var _ =
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance());
      return true;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      return false;
    }
  }

  private static final class Answering extends MaintenanceGrpc.MaintenanceImplBase {
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
      answer.onNext(StatusResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  /** What names lead to is told by the test. */
  private static final class MovingName extends NameResolverProvider {
    private volatile SocketAddress address = new InetSocketAddress(0);
    private final CompletableFuture<NameResolver.Listener2> listener = new CompletableFuture<>();
    private final CompletableFuture<NameResolver.Args> args = new CompletableFuture<>();

    void firstLeadsTo(SocketAddress first) {
      address = first;
    }

    void leadsTo(SocketAddress next) {
      address = next;
      args.join().getSynchronizationContext().execute(() -> listener.join().onResult2(result()));
    }

    void fails() {
      var failure = StatusOr.<List<EquivalentAddressGroup>>fromStatus(Status.UNAVAILABLE);
      var result = NameResolver.ResolutionResult.newBuilder().setAddressesOrError(failure).build();
      args.join().getSynchronizationContext().execute(() -> listener.join().onResult2(result));
    }

    private NameResolver.ResolutionResult result() {
      return NameResolver.ResolutionResult.newBuilder()
          .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
          .build();
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args given) {
      var _ = args.complete(given);
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return "peer";
        }

        @Override
        public void start(Listener2 told) {
          var _ = listener.complete(told);
          told.onResult2(result());
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    public String getDefaultScheme() {
      return "moving";
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 0;
    }
  }
}

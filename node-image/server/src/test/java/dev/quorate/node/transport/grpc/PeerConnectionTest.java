package dev.quorate.node.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PeerConnectionTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** Without a bound of ours it takes half a minute and more. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void close() {
    var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  /** As that of a peer which is not there any more: packets to it get no answer at all. */
  @Test
  void anAddressThatDoesNotAnswerIsGivenUpSoonSoThatTheNameIsLookedUpAnew() throws Exception {
    // With as many connections waiting to be accepted as may, the system ignores further ones.
    try (var silent = new ServerSocket(0, 1, LOOPBACK);
        var _ = new Socket(LOOPBACK, silent.getLocalPort());
        var _ = new Socket(LOOPBACK, silent.getLocalPort())) {
      var channel = channelTo(silent.getLocalPort());
      try {
        var _ = channel.getState(true);
        await()
            .atMost(PATIENCE)
            .until(() -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** As that of the operator which lets the leader begin to compare a member. */
  @Test
  void aCallGoesOnWhenTheOneThatLedToItEnds() throws Exception {
    var asked = new CompletableFuture<StreamObserver<StateHash>>();
    var peer =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(LOOPBACK, 0), InsecureServerCredentials.create())
            .addService(
                new PeerGrpc.PeerImplBase() {
                  @Override
                  public void hashState(
                      StateHashRequest request, StreamObserver<StateHash> answer) {
                    asked.complete(answer);
                  }
                })
            .build()
            .start();
    var channel = channelTo(peer.getPort());
    try {
      var led = Context.current().withCancellation();
      var hash =
          led.call(
              () ->
                  PeerGrpc.newFutureStub(channel).hashState(StateHashRequest.getDefaultInstance()));
      var answer = asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      led.cancel(null);
      answer.onNext(StateHash.newBuilder().setRevision(7).build());
      answer.onCompleted();
      assertThat(hash.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getRevision()).isEqualTo(7);
    } finally {
      channel.shutdownNow();
      peer.shutdownNow();
    }
  }

  private ManagedChannel channelTo(int port) {
    return PeerConnection.channel(
        new PeerAddress(LOOPBACK.getHostAddress(), port, false),
        new PeerNetwork(
            List.of(), InsecureChannelCredentials.create(), loops, NioSocketChannel.class));
  }
}

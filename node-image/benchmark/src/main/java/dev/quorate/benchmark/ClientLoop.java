package dev.quorate.benchmark;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which all clients live, with their connections: it takes no locks and does not
 * switch threads, because on a small machine the load must not take what the members need.
 */
final class ClientLoop implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_MESSAGE_BYTES = 256 << 20;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<ManagedChannel> channels = new ArrayList<>();

  ManagedChannel connect(InetSocketAddress endpoint) {
    return connect(endpoint, NettyChannelBuilder.DEFAULT_FLOW_CONTROL_WINDOW);
  }

  /** A connection that takes no more than so many bytes which nobody has read. */
  ManagedChannel connect(InetSocketAddress endpoint, int windowBytes) {
    var channel =
        NettyChannelBuilder.forAddress(endpoint)
            .usePlaintext()
            .directExecutor()
            .initialFlowControlWindow(windowBytes)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .eventLoopGroup(loop)
            .channelType(NioSocketChannel.class, InetSocketAddress.class)
            .build();
    channels.add(channel);
    return channel;
  }

  ScheduledExecutorService thread() {
    return loop;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    channels.forEach(ClientLoop::awaitEnd);
    var _ =
        loop.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(PATIENCE.toMillis());
  }

  /** What a channel has received and not read is given back by its end, on the loop. */
  private static void awaitEnd(ManagedChannel channel) {
    try {
      var _ = channel.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

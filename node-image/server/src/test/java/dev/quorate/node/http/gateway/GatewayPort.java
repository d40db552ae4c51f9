package dev.quorate.node.http.gateway;

import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.http.HealthEndpoint;
import dev.quorate.node.http.HealthSource;
import dev.quorate.node.http.HttpAccess;
import dev.quorate.node.http.HttpEndpoints;
import dev.quorate.node.http.HttpListener;
import dev.quorate.node.http.HttpSite;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A port with the gateway in front of whichever services a test has made. */
final class GatewayPort implements AutoCloseable {
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** What answers have taken that no client has yet. */
  final AtomicLong takenBytes = new AtomicLong();

  volatile long limitBytes = Long.MAX_VALUE;

  private final TextRoom room = new Room();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server services;
  private final ManagedChannel channel;
  private final HttpListener listener;

  GatewayPort(ServerInterceptor interceptor, BindableService... offered) throws IOException {
    this(HttpAccess.OPEN, interceptor, offered);
  }

  GatewayPort(HttpAccess access, ServerInterceptor interceptor, BindableService... offered)
      throws IOException {
    String name = InProcessServerBuilder.generateName();
    var builder = InProcessServerBuilder.forName(name).directExecutor().intercept(interceptor);
    List.of(offered).forEach(builder::addService);
    services = builder.build().start();
    channel = InProcessChannelBuilder.forName(name).executor(threads).build();
    var pages =
        new HttpEndpoints(
            new HealthEndpoint(new Healthy(), 1000, _ -> {}), () -> "", "3.7.0", "3.7.0", threads);
    listener =
        HttpListener.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            HttpSite.forClients(
                pages, access, new JsonGateway(channel, threads, MAX_MESSAGE_BYTES, room)),
            null,
            null,
            eventLoops,
            NioServerSocketChannel.class);
  }

  RawClient client() throws IOException {
    return new RawClient(listener.port());
  }

  @Override
  public void close() {
    listener.close();
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    channel.shutdownNow();
    services.shutdownNow();
    threads.shutdownNow();
  }

  private final class Room implements TextRoom {
    @Override
    public Runnable hold(long messageBytes) {
      takenBytes.addAndGet(messageBytes);
      return () -> takenBytes.addAndGet(-messageBytes);
    }

    @Override
    public @Nullable Runnable take(long messageBytes) {
      return messageBytes > limitBytes ? null : hold(messageBytes);
    }
  }

  private static final class Healthy implements HealthSource {
    @Override
    public String notServing() {
      return "";
    }

    @Override
    public boolean loopsTurn() {
      return true;
    }

    @Override
    public boolean hasLeader() {
      return true;
    }

    @Override
    public boolean isLearner() {
      return false;
    }

    @Override
    public Set<AlarmType> alarms() {
      return EnumSet.noneOf(AlarmType.class);
    }

    @Override
    public CompletableFuture<Void> linearizableRead() {
      return CompletableFuture.completedFuture(null);
    }
  }
}

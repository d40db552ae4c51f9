package dev.quorate.node;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.node.http.HttpEndpoints;
import dev.quorate.node.http.HttpListener;
import dev.quorate.node.http.HttpSite;
import dev.quorate.node.http.PortDemultiplexer;
import dev.quorate.node.http.PortTls;
import dev.quorate.node.http.gateway.JsonGateway;
import dev.quorate.node.http.gateway.TextRoom;
import dev.quorate.node.metrics.ClientTraffic;
import dev.quorate.node.metrics.NodeMetrics;
import dev.quorate.node.metrics.RpcMetrics;
import dev.quorate.node.rpc.HeapBudget;
import dev.quorate.node.rpc.PeerGate;
import dev.quorate.node.rpc.TextAnswers;
import dev.quorate.node.tls.Alpn;
import dev.quorate.node.tls.ReloadedTls;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServiceDescriptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The ports of one node: clients, peers and, if wanted, metrics. */
final class NodePorts {
  private static final int MAX_PEER_MESSAGE_BYTES = 64 << 20;

  private static final int HANDSHAKE_THREADS = 2;

  /** Those that are counted by call. */
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          KVGrpc.getServiceDescriptor(),
          AuthGrpc.getServiceDescriptor(),
          WatchGrpc.getServiceDescriptor(),
          ClusterGrpc.getServiceDescriptor(),
          MaintenanceGrpc.getServiceDescriptor(),
          LeaseGrpc.getServiceDescriptor(),
          LockGrpc.getServiceDescriptor(),
          ElectionGrpc.getServiceDescriptor(),
          AdminGrpc.getServiceDescriptor());

  private final NodeConfig config;
  private final NodeTls tls;
  private final EventLoopGroup eventLoops;

  /** Where TLS handshakes are worked on; what is asked later stays on the event loops. */
  private final ExecutorService handshakes =
      Executors.newFixedThreadPool(
          HANDSHAKE_THREADS, Thread.ofPlatform().daemon().name("tls-", 0).factory());

  private final HealthStatusManager health = new HealthStatusManager();
  private final List<Server> clientServers = new ArrayList<>();
  private final List<Server> peerServers = new ArrayList<>();
  private final List<HttpListener> metricsListeners = new ArrayList<>();
  private final List<HttpListener> clientHttpListeners = new ArrayList<>();
  private @Nullable Server gatewayServer;
  private @Nullable ManagedChannel gatewayChannel;

  NodePorts(NodeConfig config, NodeTls tls, EventLoopGroup eventLoops) {
    this.config = config;
    this.tls = tls;
    this.eventLoops = eventLoops;
  }

  /** Listens on all of them, or on none. */
  void open(
      List<BindableService> clientServices,
      ServerInterceptor beforeClients,
      List<BindableService> peerServices,
      HttpEndpoints http,
      Executor httpThreads,
      HeapBudget answerHeap,
      NodeMetrics metrics)
      throws StartException {
    var rpcMetrics = new RpcMetrics(metrics.registry(), SERVICES, config.extensiveMetrics());
    var traffic = new ClientTraffic(metrics.registry(), SERVICES);
    try {
      for (NodeUrl url : config.listen().peers()) {
        var builder =
            builder(url, peerServices, rpcMetrics)
                .maxInboundMessageSize(MAX_PEER_MESSAGE_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .protocolNegotiator(new PortDemultiplexer(null, tls(url, tls.peers(), Alpn.GRPC)));
        guard(builder);
        peerServers.add(start("--listen-peer-urls", url, builder));
      }
      for (NodeUrl url : config.listen().metrics()) {
        metricsListeners.add(listen("--listen-metrics-urls", url, HttpSite.forMetrics(http)));
      }
      var clientHttp =
          HttpSite.forClients(
              http,
              config.clientHttp().access(),
              config.clientHttp().gateway()
                  ? openGateway(clientServices, beforeClients, rpcMetrics, httpThreads, answerHeap)
                  : null);
      for (NodeUrl url : config.listen().http()) {
        clientHttpListeners.add(listen("--listen-client-http-urls", url, clientHttp));
      }
      boolean withHttp = config.listen().http().isEmpty();
      for (NodeUrl url : config.listen().clients()) {
        var security = tls(url, tls.clients(), withHttp ? Alpn.GRPC_AND_HTTP : Alpn.GRPC);
        var builder =
            forClients(builder(url, clientServices, rpcMetrics), traffic)
                .intercept(beforeClients)
                .protocolNegotiator(new PortDemultiplexer(withHttp ? clientHttp : null, security));
        clientServers.add(start("--listen-client-urls", url, builder));
      }
    } catch (StartException e) {
      closeNow();
      throw e;
    }
  }

  private void guard(NettyServerBuilder builder) {
    var files = tls.peers();
    if (files != null && files.tellsAdminsApart()) {
      var gate = new PeerGate(files::isMember, files::isAdmin);
      builder.addTransportFilter(gate).intercept(gate);
    }
  }

  private @Nullable PortTls tls(NodeUrl url, @Nullable ReloadedTls files, Alpn alpn) {
    return url.secure() && files != null ? new PortTls(files.server(alpn), handshakes) : null;
  }

  /** The JSON gateway calls the services as a client of gRPC would, without a socket between. */
  private JsonGateway openGateway(
      List<BindableService> services,
      ServerInterceptor beforeClients,
      RpcMetrics rpcMetrics,
      Executor httpThreads,
      HeapBudget answerHeap) {
    String name = InProcessServerBuilder.generateName();
    try {
      gatewayServer =
          withServices(InProcessServerBuilder.forName(name), services, rpcMetrics)
              .intercept(beforeClients)
              .intercept(new TextAnswers())
              .build()
              .start();
    } catch (IOException e) {
      throw new IllegalStateException("a name that was made for this server is in use", e);
    }
    var channel = InProcessChannelBuilder.forName(name).executor(httpThreads).build();
    gatewayChannel = channel;
    return new JsonGateway(
        channel, httpThreads, config.limits().maxMessageBytes(), new Texts(answerHeap));
  }

  private record Texts(HeapBudget heap) implements TextRoom {
    @Override
    public Runnable hold(long messageBytes) {
      return heap.hold(TextAnswers.COPIES * messageBytes);
    }

    @Override
    public @Nullable Runnable take(long messageBytes) {
      return heap.take(TextAnswers.COPIES * messageBytes);
    }
  }

  private NettyServerBuilder builder(
      NodeUrl url, List<BindableService> services, RpcMetrics rpcMetrics) {
    var builder =
        NettyServerBuilder.forAddress(url.toSocketAddress())
            .channelType(Sockets.HERE.servers())
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .permitKeepAliveWithoutCalls(true)
            // PortDemultiplexer watches over beginnings; gRPC would end long HTTP/1 connections.
            .handshakeTimeout(Long.MAX_VALUE, TimeUnit.MILLISECONDS);
    if (config.reusePort()) {
      builder.withOption(Sockets.HERE.reusePort(), true);
    }
    return withServices(builder, services, rpcMetrics);
  }

  /** What every way to the services has in common. */
  private <B extends ServerBuilder<B>> B withServices(
      B builder, List<BindableService> services, RpcMetrics rpcMetrics) {
    // Requests are taken on the event loop: nothing that is served there may wait.
    builder
        .directExecutor()
        .addStreamTracerFactory(rpcMetrics)
        .addService(health.getHealthService());
    services.forEach(builder::addService);
    return builder;
  }

  private NettyServerBuilder forClients(NettyServerBuilder builder, ClientTraffic traffic) {
    var keepAlive = config.keepAlive();
    if (keepAlive.pings()) {
      builder
          .keepAliveTime(keepAlive.interval().toNanos(), TimeUnit.NANOSECONDS)
          .keepAliveTimeout(keepAlive.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } else {
      builder.keepAliveTime(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }
    return builder
        .addStreamTracerFactory(traffic)
        .addService(ProtoReflectionServiceV1.newInstance())
        .permitKeepAliveTime(keepAlive.minTime().toNanos(), TimeUnit.NANOSECONDS)
        .maxConcurrentCallsPerConnection(config.limits().maxConcurrentStreams())
        .maxInboundMessageSize(config.limits().maxMessageBytes());
  }

  private static Server start(String flag, NodeUrl url, NettyServerBuilder builder)
      throws StartException {
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw cannotListen(flag, url, e);
    }
  }

  private HttpListener listen(String flag, NodeUrl url, HttpSite site) throws StartException {
    try {
      return HttpListener.open(
          url.toSocketAddress(),
          site,
          tls(url, tls.clients(), Alpn.HTTP),
          config.reusePort() ? Sockets.HERE.reusePort() : null,
          eventLoops,
          Sockets.HERE.servers());
    } catch (IOException e) {
      throw cannotListen(flag, url, e);
    }
  }

  private static StartException cannotListen(String flag, NodeUrl url, IOException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new StartException(
        "%s: cannot listen on %s (%s): stop what uses this port, or choose another address"
            .formatted(flag, url, cause.getMessage()));
  }

  /** The ports that are really listened on, for those that asked for port 0. */
  List<Integer> clientPorts() {
    return clientServers.stream().map(Server::getPort).toList();
  }

  List<Integer> peerPorts() {
    return peerServers.stream().map(Server::getPort).toList();
  }

  List<Integer> metricsPorts() {
    return metricsListeners.stream().map(HttpListener::port).toList();
  }

  /** Takes no new clients and sends those that are there elsewhere; what was asked is answered. */
  void drainClients() {
    clientServers.forEach(Server::shutdown);
  }

  /** Waits for the answers to what clients asked before {@link #drainClients}. */
  void awaitClients(long timeoutMilliseconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMilliseconds);
    for (Server server : clientServers) {
      var _ = server.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  void closeNow() {
    if (gatewayChannel != null) {
      gatewayChannel.shutdownNow();
    }
    if (gatewayServer != null) {
      gatewayServer.shutdownNow();
    }
    clientServers.forEach(Server::shutdownNow);
    peerServers.forEach(Server::shutdownNow);
    metricsListeners.forEach(HttpListener::close);
    clientHttpListeners.forEach(HttpListener::close);
    clientServers.forEach(NodePorts::awaitEnd);
    peerServers.forEach(NodePorts::awaitEnd);
    handshakes.shutdownNow();
  }

  private static void awaitEnd(Server server) {
    try {
      var _ = server.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

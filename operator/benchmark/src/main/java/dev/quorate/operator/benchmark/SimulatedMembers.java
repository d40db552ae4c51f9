package dev.quorate.operator.benchmark;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Admin service of all members of all clusters, at one address: which member is meant is in the
 * name that it is asked by. Connections, certificates and streams are real ones.
 */
final class SimulatedMembers implements AutoCloseable {
  static final int PORT = 2380;

  /** What the operator's default image is the version of. */
  private static final String VERSION = "0.1.0";

  private static final Context.Key<String> HOST = Context.key("host");

  private final boolean encrypted;
  private final Path names;
  private final PresentedCertificates presented = new PresentedCertificates();
  private final Map<String, SimulatedCluster> clusters = new ConcurrentHashMap<>();
  private final InetSocketAddress address;
  private final Server server;
  private volatile Consumer<String> onReady = _ -> {};

  /**
   * @param names a folder for the names of the members that run, for {@link SimulatedNames}
   */
  SimulatedMembers(boolean encrypted, Path names) throws IOException {
    this.encrypted = encrypted;
    this.names = Files.createDirectories(names);
    this.address = Loopback.withPort(PORT);
    this.server =
        NettyServerBuilder.forAddress(address, credentials())
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new HostInterceptor())
            .addService(new Admin())
            .build()
            .start();
  }

  private ServerCredentials credentials() {
    return encrypted
        ? TlsServerCredentials.newBuilder()
            .keyManager(presented)
            .trustManager(new AnyClient())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build()
        : InsecureServerCredentials.create();
  }

  boolean encrypted() {
    return encrypted;
  }

  String host() {
    return address.getAddress().getHostAddress();
  }

  /** Who is told the host of a member that got ready. */
  void tell(Consumer<String> kubelet) {
    this.onReady = kubelet;
  }

  /** The container of the pod with this host name starts. */
  void start(String host, @Nullable MemberCertificates certificates) {
    if (certificates != null) {
      presented.put(host, certificates);
    }
    cluster(host).start(host, certificates);
    try {
      Files.createFile(names.resolve(host));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop(String host) {
    cluster(host).stop(host);
    try {
      Files.deleteIfExists(names.resolve(host));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Members of one cluster have the same headless Service behind their own name. */
  private SimulatedCluster cluster(String host) {
    return clusters.computeIfAbsent(
        host.substring(host.indexOf('.')),
        _ -> new SimulatedCluster(VERSION, ready -> onReady.accept(ready)));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Puts the name that was called where the service finds it. */
  private static final class HostInterceptor implements ServerInterceptor {
    @Override
    public <I, O> ServerCall.Listener<I> interceptCall(
        ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
      var authority = String.valueOf(call.getAuthority());
      var host = authority.substring(0, authority.indexOf(':'));
      return Contexts.interceptCall(Context.current().withValue(HOST, host), call, headers, next);
    }
  }

  private final class Admin extends AdminGrpc.AdminImplBase {
    private <T> void answer(StreamObserver<T> reply, Supplier<T> answer) {
      try {
        reply.onNext(answer.get());
        reply.onCompleted();
      } catch (StatusRuntimeException e) {
        reply.onError(e);
      }
    }

    @Override
    public void status(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
      var host = HOST.get();
      answer(reply, () -> cluster(host).status(host));
    }

    @Override
    public void watchStatus(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
      var host = HOST.get();
      try {
        cluster(host).watch(host, (ServerCallStreamObserver<NodeStatus>) reply);
      } catch (StatusRuntimeException e) {
        reply.onError(e);
      }
    }

    @Override
    public void bootstrap(BootstrapRequest request, StreamObserver<NodeStatus> reply) {
      var host = HOST.get();
      var peerUrl = "%s://%s:%d".formatted(encrypted ? "https" : "http", host, PORT);
      answer(reply, () -> cluster(host).bootstrap(host, peerUrl, request));
    }

    @Override
    public void join(JoinRequest request, StreamObserver<NodeStatus> reply) {
      var host = HOST.get();
      answer(reply, () -> cluster(host).join(host, request));
    }

    @Override
    public void changeMembership(
        ChangeMembershipRequest request, StreamObserver<ChangeMembershipResponse> reply) {
      var host = HOST.get();
      answer(reply, () -> cluster(host).change(request));
    }
  }
}

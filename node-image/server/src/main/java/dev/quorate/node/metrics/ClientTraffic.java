package dev.quorate.node.metrics;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.ServiceDescriptor;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Counts what gRPC clients send and get, and which version they say they are of. */
public final class ClientTraffic extends ServerStreamTracer.Factory {
  private static final Metadata.Key<String> VERSION =
      Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER);
  private static final Pattern PLAUSIBLE = Pattern.compile("\\d{1,3}\\.\\d{1,3}");

  /** Anybody could invent any number of them. */
  private static final int MAX_VERSIONS = 100;

  private final Counter requests;

  private final Map<String, Kind> methods = new HashMap<>();
  private final ServerStreamTracer bytes;

  public ClientTraffic(CollectorRegistry registry, Collection<ServiceDescriptor> services) {
    requests =
        Counter.build("etcd_server_client_requests_total", "Requests of clients, by their version.")
            .labelNames("type", "client_api_version")
            .register(registry);
    var unary = new Kind("unary");
    var streams = new Kind("stream");
    for (var service : services) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        boolean single = method.getType() == MethodDescriptor.MethodType.UNARY;
        methods.put(method.getFullMethodName(), single ? unary : streams);
      }
    }
    bytes =
        new Bytes(
            Counter.build("etcd_network_client_grpc_received_bytes_total", "Bytes of requests.")
                .register(registry)
                .labels(),
            Counter.build("etcd_network_client_grpc_sent_bytes_total", "Bytes of answers.")
                .register(registry)
                .labels());
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    var kind = methods.get(fullMethodName);
    if (kind != null) {
      kind.of(headers.get(VERSION)).inc();
    }
    return bytes;
  }

  /** Calls of one kind, by the version of the client. */
  private final class Kind {
    private final String type;
    private final Counter.Child unknown;
    private final Map<String, Counter.Child> versions = new ConcurrentHashMap<>();

    Kind(String type) {
      this.type = type;
      unknown = requests.labels(type, "unknown");
    }

    Counter.Child of(@Nullable String version) {
      if (version == null) {
        return unknown;
      }
      var known = versions.get(version);
      return known == null ? first(version) : known;
    }

    private Counter.Child first(String version) {
      return versions.size() < MAX_VERSIONS && PLAUSIBLE.matcher(version).matches()
          ? versions.computeIfAbsent(version, told -> requests.labels(type, told))
          : unknown;
    }
  }

  /** One for all calls: it remembers nothing of them. */
  private static final class Bytes extends ServerStreamTracer {
    private final Counter.Child received;
    private final Counter.Child sent;

    Bytes(Counter.Child received, Counter.Child sent) {
      this.received = received;
      this.sent = sent;
    }

    @Override
    public void inboundUncompressedSize(long count) {
      received.inc((double) count);
    }

    @Override
    public void outboundUncompressedSize(long count) {
      sent.inc((double) count);
    }
  }
}

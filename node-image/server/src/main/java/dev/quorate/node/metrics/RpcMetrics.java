package dev.quorate.node.metrics;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls as go-grpc-prometheus does. As a stream tracer it costs a call no wrapper; methods
 * that we do not have are not counted, because anybody could invent any number of them.
 */
public final class RpcMetrics extends ServerStreamTracer.Factory {
  private static final String[] LABELS = {"grpc_type", "grpc_service", "grpc_method"};
  private static final ServerStreamTracer NOTHING = new ServerStreamTracer() {};

  private final Map<String, MethodCounters> methods = new HashMap<>();
  private final Counter handled;

  /**
   * @param extensive whether how long calls take is measured too, as a histogram
   */
  public RpcMetrics(
      CollectorRegistry registry, Collection<ServiceDescriptor> services, boolean extensive) {
    Counter started = counter("grpc_server_started_total", "Calls begun.").register(registry);
    Counter received =
        counter("grpc_server_msg_received_total", "Messages received.").register(registry);
    Counter sent = counter("grpc_server_msg_sent_total", "Messages sent.").register(registry);
    handled =
        Counter.build("grpc_server_handled_total", "Calls ended, by code.")
            .labelNames("grpc_type", "grpc_service", "grpc_method", "grpc_code")
            .register(registry);
    Histogram handling = extensive ? handling().register(registry) : null;
    for (ServiceDescriptor service : services) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        String[] labels = {
          typeName(method.getType()), service.getName(), String.valueOf(method.getBareMethodName())
        };
        methods.put(
            method.getFullMethodName(),
            new MethodCounters(
                labels,
                started.labels(labels),
                received.labels(labels),
                sent.labels(labels),
                handling == null ? null : handling.labels(labels)));
      }
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    MethodCounters counters = methods.get(fullMethodName);
    if (counters == null) {
      return NOTHING;
    }
    counters.started.inc();
    return new Tracer(counters);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.build(name, help).labelNames(LABELS);
  }

  private static Histogram.Builder handling() {
    return Histogram.build("grpc_server_handling_seconds", "How long calls took.")
        .labelNames(LABELS);
  }

  private static String typeName(MethodType type) {
    return switch (type) {
      case UNARY -> "unary";
      case CLIENT_STREAMING -> "client_stream";
      case SERVER_STREAMING -> "server_stream";
      case BIDI_STREAMING -> "bidi_stream";
      case UNKNOWN -> "unknown";
    };
  }

  /** go's names of the codes: "InvalidArgument", not INVALID_ARGUMENT. */
  static String codeName(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    var name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  /** One method's counters, looked up once. */
  private static final class MethodCounters {
    private final String[] labels;
    private final Counter.Child started;
    private final Counter.Child received;
    private final Counter.Child sent;
    private final Histogram.@Nullable Child handling;

    MethodCounters(
        String[] labels,
        Counter.Child started,
        Counter.Child received,
        Counter.Child sent,
        Histogram.@Nullable Child handling) {
      this.labels = labels;
      this.started = started;
      this.received = received;
      this.sent = sent;
      this.handling = handling;
    }
  }

  private final class Tracer extends ServerStreamTracer {
    private final MethodCounters counters;
    private final long startNanoseconds;

    Tracer(MethodCounters counters) {
      this.counters = counters;
      this.startNanoseconds = counters.handling == null ? 0 : System.nanoTime();
    }

    @Override
    public void inboundMessage(int seqNo) {
      counters.received.inc();
    }

    @Override
    public void outboundMessage(int seqNo) {
      counters.sent.inc();
    }

    @Override
    public void streamClosed(Status status) {
      String[] labels = counters.labels;
      handled.labels(labels[0], labels[1], labels[2], codeName(status.getCode())).inc();
      if (counters.handling != null) {
        counters.handling.observe((System.nanoTime() - startNanoseconds) / 1e9);
      }
    }
  }
}

package dev.quorate.e2e.client;

import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection to a cluster, which is made anew when an answer does not come, to the
 * next of the addresses; behind a Service's one address it may end at another member anyway.
 *
 * <p>A call is one attempt. As ordinary clients of etcd do, whoever gets no answer asks the same
 * once more, and only what may be repeated is asked here; {@link RequestTally} says which attempts
 * are one request.
 *
 * <p>Not safe for use by several threads: each task of the client has a connection of its own.
 */
final class Connection implements AutoCloseable {
  private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(2);

  /** After so many calls a client with certificates connects anew, to meet those of today. */
  private static final int CALLS_OF_A_SECURE_CONNECTION = 50;

  private final List<String> endpoints;
  private final ClientTls tls;
  private final Map<String, Integer> failures = new TreeMap<>();
  private final RequestTally tally = new RequestTally();
  private @Nullable ManagedChannel channel;
  private int opened;
  private int calls;

  /** Addresses as HOST:PORT, with commas between them. */
  Connection(String endpoints) {
    this(endpoints, ClientTls.NONE);
  }

  Connection(String endpoints, ClientTls tls) {
    this.tls = tls;
    this.endpoints = List.of(endpoints.split(",", -1));
  }

  @Nullable PutResponse put(PutRequest request) {
    return attempt(stub -> stub.put(request));
  }

  @Nullable RangeResponse range(RangeRequest request) {
    return attempt(stub -> stub.range(request));
  }

  @Nullable TxnResponse txn(TxnRequest request) {
    return attempt(stub -> stub.txn(request));
  }

  /** How often each failure of an attempt was seen, by its code and text. */
  Map<String, Integer> failures() {
    return failures;
  }

  RequestTally tally() {
    return tally;
  }

  /** The answer, or null for a failure after which an ordinary client tries again. */
  private <T> @Nullable T attempt(Function<KVGrpc.KVBlockingStub, T> call) {
    Duration left = tally.attempt(System.nanoTime());
    Duration limit = left.compareTo(ATTEMPT_LIMIT) < 0 ? left : ATTEMPT_LIMIT;
    try {
      var stub = KVGrpc.newBlockingStub(open());
      T answer = call.apply(stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
      tally.answered(System.nanoTime());
      return answer;
    } catch (StatusRuntimeException failure) {
      tally.unanswered(System.nanoTime());
      failures.merge(text(failure.getStatus()), 1, Integer::sum);
      if (isLost(failure.getStatus())) {
        close();
      } else if (failure.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED) {
        throw failure;
      }
      return null;
    }
  }

  /**
   * Whether another connection may bring an answer. A connection that ends while a request is
   * written to it fails this with UNKNOWN in grpc-java, which no server said (grpc/grpc-java#7376).
   */
  static boolean isLost(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> true;
      case UNKNOWN -> status.getCause() instanceof ClosedChannelException;
      default -> false;
    };
  }

  /** A failure's text without the parts that differ each time, such as addresses and durations. */
  private static String text(Status status) {
    String description = status.getDescription();
    if (description == null) {
      return status.getCode().toString();
    }
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && !description.startsWith("etcd")) {
      return "DEADLINE_EXCEEDED: the client waited in vain";
    }
    return status.getCode() + ": " + description.replaceAll("/?[0-9.]+:[0-9]+", "ADDRESS");
  }

  private ManagedChannel open() {
    if (tls.folder() != null && ++calls % CALLS_OF_A_SECURE_CONNECTION == 0) {
      close();
    }
    ManagedChannel open = channel;
    if (open == null) {
      String endpoint = endpoints.get(opened++ % endpoints.size());
      var builder =
          NettyChannelBuilder.forTarget("dns:///" + endpoint, tls.credentials())
              .maxInboundMessageSize(64 << 20);
      if (tls.folder() != null) {
        builder.overrideAuthority(tls.serverName());
      }
      open = builder.build();
      channel = open;
    }
    return open;
  }

  @Override
  public void close() {
    ManagedChannel open = channel;
    if (open != null) {
      open.shutdownNow();
      channel = null;
    }
  }
}

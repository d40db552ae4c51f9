package dev.quorate.node.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients that say so in the metadata of a call are served only while a leader is known: a new call
 * is refused without one. What becomes of an open stream is up to its service.
 */
public final class LeaderRequirement implements ServerInterceptor {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Boolean> REQUIRED = Context.key("requires-leader");

  private final Supplier<@Nullable ServingMember> serving;

  public LeaderRequirement(Supplier<@Nullable ServingMember> serving) {
    this.serving = serving;
  }

  /** Whether the call that is being started on this thread requires a leader. */
  static boolean isMadeByThisCall() {
    return Boolean.TRUE.equals(REQUIRED.get());
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!"true".equals(headers.get(HAS_LEADER))) {
      return next.startCall(call, headers);
    }
    var member = serving.get();
    if (member != null && !member.knowsLeader()) {
      call.close(EtcdErrors.NO_LEADER, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var context = Context.current().withValue(REQUIRED, true);
    return Contexts.interceptCall(context, call, headers, next);
  }
}

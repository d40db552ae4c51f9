package dev.quorate.node.rpc;

import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a call shows of its caller where the services find it. A token that another member has
 * just handed out may not be in this member's memory yet: such a call begins when the log has been
 * caught up with.
 */
public final class CallerInterceptor implements ServerInterceptor {
  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;

  public CallerInterceptor(Supplier<@Nullable ServingMember> serving, AccessControl access) {
    this.serving = serving;
    this.access = access;
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var member = serving.get();
    // A stream may outlive the moment in which auth is enabled.
    boolean brief = call.getMethodDescriptor().getType() == MethodType.UNARY;
    if (member == null || (brief && !member.state().get().auth().enabled())) {
      return next.startCall(call, headers);
    }
    var credentials = Credentials.of(call, headers);
    var context = credentials.inContext();
    if (!access.mayBecomeKnown(member.state().get(), credentials)) {
      return Contexts.interceptCall(context, call, headers, next);
    }
    var late = new LateListener<Q>();
    var _ =
        member
            .reads()
            .linearizable()
            .whenComplete(
                (_, _) ->
                    begin(call, late, () -> Contexts.interceptCall(context, call, headers, next)));
    return late;
  }

  /** If the log was not caught up with, the service will say what it thinks of the token. */
  private static <Q> void begin(
      ServerCall<Q, ?> call, LateListener<Q> late, Supplier<Listener<Q>> start) {
    try {
      late.begin(start.get());
    } catch (RuntimeException e) {
      call.close(Status.INTERNAL.withDescription("quorate: the call failed: " + e), new Metadata());
    }
  }
}

package dev.quorate.node.rpc;

import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.lock.LockGrpc;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a call shows of its caller where the services find it. A token may be ahead of this
 * member: another one has just handed it out, or auth was just enabled there. Such a call begins
 * when the log has been caught up with. While auth is disabled, a brief call without a token costs
 * no more than to see that it has none.
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
    if (member != null
        && !member.state().get().auth().enabled()
        && !mayLast(call.getMethodDescriptor())
        && !Credentials.hasToken(headers)) {
      return next.startCall(call, headers);
    }
    var credentials = Credentials.of(call, headers);
    var context = credentials.inContext();
    if (member == null || !access.isAhead(member, credentials)) {
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

  /** Auth may be enabled while such a call goes on: what it shows is always kept. */
  private static boolean mayLast(MethodDescriptor<?, ?> method) {
    return method.getType() != MethodType.UNARY
        || LockGrpc.SERVICE_NAME.equals(method.getServiceName())
        || ElectionGrpc.SERVICE_NAME.equals(method.getServiceName());
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

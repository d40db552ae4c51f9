package dev.quorate.node.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Marks the calls whose answers become text within this process, for which they need more room. */
public final class TextAnswers implements ServerInterceptor {
  /** How much more: the message, its values and the whole as text, and the bytes on their way. */
  public static final int COPIES = 6;

  private static final Context.Key<Integer> KEY = Context.keyWithDefault("answer-copies", 1);

  /** How often the answer to the present call will be in memory at a time. */
  static int copies() {
    return KEY.get();
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return Contexts.interceptCall(Context.current().withValue(KEY, COPIES), call, headers, next);
  }
}

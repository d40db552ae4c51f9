package dev.quorate.node.transport.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.MethodDescriptor;

/**
 * Makes calls outside of the one that is being served. grpc-java cancels a call that was made
 * inside of another one when that ends; what a member asks of its peers, even if somebody's request
 * led to it, is its own business and has a deadline of its own.
 */
final class OutsideCalls implements ClientInterceptor {
  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    var served = Context.ROOT.attach();
    try {
      return next.newCall(method, options);
    } finally {
      Context.ROOT.detach(served);
    }
  }
}

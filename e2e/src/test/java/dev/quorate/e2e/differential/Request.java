package dev.quorate.e2e.differential;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;

/** One unary call. */
record Request<Q extends Message>(MethodDescriptor<Q, ? extends Message> method, Q message) {
  static <Q extends Message> Request<Q> of(
      MethodDescriptor<Q, ? extends Message> method, Q message) {
    return new Request<>(method, message);
  }

  /** One line that shows it. */
  @Override
  public String toString() {
    return method.getBareMethodName() + " {" + message.toString().replaceAll("\\s+", " ") + "}";
  }
}

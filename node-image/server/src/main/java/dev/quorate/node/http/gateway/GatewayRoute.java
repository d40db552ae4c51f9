package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.util.Objects;

/**
 * The call behind a path.
 *
 * @param endsWithBody whether the end of a body that is a stream of requests is told to the service
 */
record GatewayRoute(MethodDescriptor<Message, Message> method, boolean endsWithBody) {
  /** All messages of the etcd services are {@link Message}s, which the compiler cannot know. */
  @SuppressWarnings("unchecked")
  static GatewayRoute of(MethodDescriptor<?, ?> method, boolean endsWithBody) {
    return new GatewayRoute((MethodDescriptor<Message, Message>) method, endsWithBody);
  }

  boolean streamsRequests() {
    return !method.getType().clientSendsOneMessage();
  }

  boolean streamsAnswers() {
    return !method.getType().serverSendsOneMessage();
  }

  Message requestPrototype() {
    var marshaller = (PrototypeMarshaller<Message>) method.getRequestMarshaller();
    return Objects.requireNonNull(marshaller.getMessagePrototype());
  }
}

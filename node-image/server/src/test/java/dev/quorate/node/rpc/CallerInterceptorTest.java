package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.node.auth.SimpleTokens;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What auth costs and leaves behind while it is disabled: nothing. */
final class CallerInterceptorTest {
  private static final PutRequest PUT =
      PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();

  private final SecuredServer server = new SecuredServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aBriefCallWithoutATokenIsHandedOnAsItIs() {
    var access = AccessControl.with(new SimpleTokens(Duration.ofMinutes(5)), true);
    var interceptor = new CallerInterceptor(server.member::serving, access);
    var headers = new Metadata();
    var contexts = new ArrayList<Context>();
    interceptor.interceptCall(
        new UntouchedCall(),
        headers,
        (_, sameHeaders) -> {
          assertThat(sameHeaders).isSameAs(headers);
          contexts.add(Context.current());
          return new ServerCall.Listener<>() {};
        });
    assertThat(contexts).singleElement().isSameAs(Context.current());
  }

  @Test
  void aPutNamesNobodyAndWaitsForNothing() {
    server.kv(server.anonymous()).put(PUT);
    server.kv(server.withToken("abcdefghijklmnop.1")).put(PUT);
    server.kv(server.withToken("of a time when auth was enabled")).put(PUT);
    assertThat(server.member.commands)
        .hasSize(3)
        .allSatisfy(
            command -> {
              assertThat(command.getUser()).isEmpty();
              assertThat(command.getAuthRevision()).isZero();
            });
    assertThat(server.member.linearizableReads()).isZero();
  }

  @Test
  void onlyATokenFromALaterLogIsWorthALook() {
    server.kv(server.withToken("abcdefghijklmnop.99")).put(PUT);
    assertThat(server.member.linearizableReads()).isEqualTo(1);
  }

  /** Nobody looks at its certificate. */
  private static final class UntouchedCall extends ServerCall<PutRequest, PutResponse> {
    @Override
    public MethodDescriptor<PutRequest, PutResponse> getMethodDescriptor() {
      return KVGrpc.getPutMethod();
    }

    @Override
    public Attributes getAttributes() {
      throw new AssertionError("the connection was looked at");
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(PutResponse message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }
  }
}

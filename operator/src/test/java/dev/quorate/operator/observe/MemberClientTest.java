package dev.quorate.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.operator.platform.ClusterKey;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a member is waited for. */
class MemberClientTest {
  private final String name = InProcessServerBuilder.generateName();
  private final AtomicReference<@Nullable Deadline> deadline = new AtomicReference<>();
  private final MemberConnections connections =
      new MemberConnections(
          url -> InProcessChannelBuilder.forName(url).intercept(new DeadlineRecorder()).build(),
          _ -> {});

  @AfterEach
  void close() {
    connections.close();
  }

  private final class DeadlineRecorder implements ClientInterceptor {
    @Override
    public <I, O> ClientCall<I, O> interceptCall(
        MethodDescriptor<I, O> method, CallOptions options, Channel next) {
      if (options.getDeadline() != null) {
        deadline.set(options.getDeadline());
      }
      return next.newCall(method, options);
    }
  }

  private long patienceMilliseconds(MemberClient client) {
    var _ = client.status();
    var recorded = deadline.get();
    return recorded == null ? Long.MAX_VALUE : recorded.timeRemaining(TimeUnit.MILLISECONDS);
  }

  @Test
  void whoseStreamBrokeIsNotWaitedForLong() throws IOException {
    var client = connections.client(new ClusterKey("default", "demo"), name);
    assertThat(client.isStreaming()).isFalse();
    assertThat(patienceMilliseconds(client)).isBetween(251L, 1_000L);
    var server =
        InProcessServerBuilder.forName(name)
            .addService(
                new AdminGrpc.AdminImplBase() {
                  @Override
                  public void watchStatus(
                      NodeStatusRequest request, StreamObserver<NodeStatus> told) {
                    told.onNext(NodeStatus.getDefaultInstance());
                  }
                })
            .build()
            .start();
    try {
      await().until(client::isStreaming);
      assertThat(patienceMilliseconds(client)).isBetween(251L, 1_000L);
    } finally {
      server.shutdownNow();
    }
    await().until(() -> !client.isStreaming());
    assertThat(patienceMilliseconds(client)).isLessThanOrEqualTo(250);
  }
}

package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that was told its place in the cluster and has received nothing of the state yet. */
final class JoiningMemberTest {
  private static final long CLUSTER = 0xc1;
  private static final long MEMBER = 0x2;

  @TempDir Path directory;

  @Test
  void servesNobodyBeforeItHasTheState() throws Exception {
    try (var joining = new TestNode("joining", directory.resolve("joining"))) {
      var known = known(joining.peerUrl());
      try {
        String cluster =
            "--initial-cluster=known=http://127.0.0.1:%d,joining=%s"
                .formatted(known.getPort(), joining.peerUrl());
        joining.start(cluster, "--initial-cluster-state=existing");
        assertThat(joining.status().getState()).isEqualTo(NodeState.RUNNING);

        var key = ByteString.copyFromUtf8("a");
        var range = RangeRequest.newBuilder().setKey(key).setSerializable(true).build();
        assertNotServing(() -> joining.kv().range(range));
        var remove = MemberRemoveRequest.newBuilder().setID(MEMBER).build();
        assertNotServing(() -> joining.cluster().memberRemove(remove));
        var list = MemberListRequest.getDefaultInstance();
        assertNotServing(() -> joining.cluster().memberList(list));
        var maintenance =
            MaintenanceGrpc.newBlockingStub(joining.clients())
                .withDeadlineAfter(30, TimeUnit.SECONDS);
        assertNotServing(() -> maintenance.alarm(AlarmRequest.getDefaultInstance()));
        assertNotServing(() -> watch(joining).get(30, TimeUnit.SECONDS));
        assertThat(joining.get("/livez").statusCode()).isEqualTo(200);
        assertThat(joining.get("/readyz").body()).contains("has not received");
        assertThat(joining.get("/health").statusCode()).isEqualTo(503);
      } finally {
        known.shutdownNow().awaitTermination();
      }
    }
  }

  private static void assertNotServing(ThrowingCallable call) {
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(call)
        .extracting(e -> e instanceof StatusRuntimeException ? e : e.getCause())
        .asInstanceOf(InstanceOfAssertFactories.type(StatusRuntimeException.class))
        .matches(e -> e.getStatus().getCode() == Code.UNAVAILABLE)
        .satisfies(e -> assertThat(e).hasMessageContaining("this node serves no clients"));
  }

  /** Fails as the stream does. */
  private static CompletableFuture<WatchResponse> watch(TestNode node) {
    var first = new CompletableFuture<WatchResponse>();
    var requests =
        WatchGrpc.newStub(node.clients())
            .watch(
                new StreamObserver<>() {
                  @Override
                  public void onNext(WatchResponse response) {
                    first.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    first.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    first.cancel(false);
                  }
                });
    var create = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("a"));
    requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    return first;
  }

  /** A member that knows the joining one and then says nothing more to it. */
  private static Server known(String peerUrl) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(
            new ClusterGrpc.ClusterImplBase() {
              @Override
              public void memberList(
                  MemberListRequest request, StreamObserver<MemberListResponse> client) {
                var joining = Member.newBuilder().setID(MEMBER).addPeerURLs(peerUrl);
                client.onNext(
                    MemberListResponse.newBuilder()
                        .setHeader(ResponseHeader.newBuilder().setClusterId(CLUSTER))
                        .addAllMembers(List.of(joining.setIsLearner(true).build()))
                        .build());
                client.onCompleted();
              }
            })
        .build()
        .start();
  }
}

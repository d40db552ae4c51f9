package dev.quorate.node;

import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.replication.Founding;
import dev.quorate.node.rpc.ClusterService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What other nodes may ask before they are members: who belongs to the cluster. Founders that still
 * ask each other have nothing to tell but that.
 */
final class PeerClusterService extends ClusterGrpc.ClusterImplBase {
  private final ClusterService members;
  private final Supplier<@Nullable Founders> waiting;

  PeerClusterService(ClusterService members, Supplier<@Nullable Founders> waiting) {
    this.members = members;
    this.waiting = waiting;
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> client) {
    Founders founders = waiting.get();
    if (founders == null || request.getLinearizable()) {
      members.memberList(request, client);
      return;
    }
    // Without a handler a client that went away makes the answer throw on a loop's thread.
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
    client.onNext(
        MemberListResponse.newBuilder()
            .setHeader(
                ResponseHeader.newBuilder()
                    .setClusterId(founders.self().clusterId())
                    .setMemberId(founders.self().memberId())
                    .setRaftTerm(Founding.TERM))
            .addAllMembers(founders.members())
            .build());
    client.onCompleted();
  }
}

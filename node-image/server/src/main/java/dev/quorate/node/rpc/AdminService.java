package dev.quorate.node.rpc;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.BootstrapRequest;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.ChangeMembershipResponse;
import dev.quorate.api.admin.CompareStateRequest;
import dev.quorate.api.admin.JoinRequest;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.admin.TransferLeadershipRequest;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.MembershipRequest;
import dev.quorate.raft.quorum.MembershipChange;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the operator asks on the peer port. It answers in every state of the node. */
public final class AdminService extends AdminGrpc.AdminImplBase {
  private final NodeControl node;
  private final Supplier<@Nullable ServingMember> serving;
  private final ScheduledExecutorService timer;

  /** The timer looks for changes that nobody announces, while somebody watches. */
  public AdminService(
      NodeControl node, Supplier<@Nullable ServingMember> serving, ScheduledExecutorService timer) {
    this.node = node;
    this.serving = serving;
    this.timer = timer;
  }

  @Override
  public void status(NodeStatusRequest request, StreamObserver<NodeStatus> client) {
    client.onNext(node.status());
    client.onCompleted();
  }

  @Override
  public void watchStatus(NodeStatusRequest request, StreamObserver<NodeStatus> client) {
    StatusWatch.start(node, timer, (ServerCallStreamObserver<NodeStatus>) client);
  }

  @Override
  public void bootstrap(BootstrapRequest request, StreamObserver<NodeStatus> client) {
    if (request.getClusterId() == 0) {
      Calls.fail(client, invalid("cluster_id is 0: give the id that the new cluster shall have"));
      return;
    }
    Calls.finish(
        node.bootstrap(request.getClusterId()), client, () -> client.onNext(node.status()));
  }

  @Override
  public void join(JoinRequest request, StreamObserver<NodeStatus> client) {
    if (request.getClusterId() == 0 || request.getMemberId() == 0) {
      Calls.fail(client, invalid("cluster_id or member_id is 0: give what MemberAdd answered"));
      return;
    }
    if (!PeerUrls.valid(request.getPeerUrlsList())) {
      Calls.fail(
          client,
          invalid("peer_urls: give http://HOST:PORT of at least one member that is there already"));
      return;
    }
    Calls.finish(
        node.join(request.getClusterId(), request.getMemberId(), request.getPeerUrlsList()),
        client,
        () -> client.onNext(node.status()));
  }

  @Override
  public void changeMembership(
      ChangeMembershipRequest request, StreamObserver<ChangeMembershipResponse> client) {
    ServingMember member = serving.get();
    if (member == null) {
      Calls.fail(client, EtcdErrors.NOT_SERVING);
      return;
    }
    Member changed = changedMember(request, member);
    if (changed == null) {
      Calls.fail(
          client,
          invalid(
              "change: name one of add_learner (with peer_urls), promote_learner, remove_member"));
      return;
    }
    var fence =
        new MembershipRequest.Fence(
            request.getExpectedConfigurationIndex(),
            request.getFencingEpoch(),
            request.getTargetVoters());
    var step = new MembershipRequest(change(request, changed.getID()), changed, fence);
    var done = member.control().changeMembership(step);
    Calls.finish(
        done,
        client,
        () ->
            client.onNext(
                ChangeMembershipResponse.newBuilder()
                    .setMemberId(changed.getID())
                    .setConfigurationIndex(done.join())
                    .build()));
  }

  /** Null if the request names no change, or none that makes sense. */
  private static @Nullable Member changedMember(
      ChangeMembershipRequest request, ServingMember member) {
    return switch (request.getChangeCase()) {
      case ADD_LEARNER ->
          PeerUrls.valid(request.getAddLearner().getPeerUrlsList())
              ? Member.newBuilder()
                  .setID(MemberIdSource.next(member.state().get().members()))
                  .addAllPeerURLs(request.getAddLearner().getPeerUrlsList())
                  .setIsLearner(true)
                  .build()
              : null;
      case PROMOTE_LEARNER ->
          Member.newBuilder().setID(request.getPromoteLearner().getId()).build();
      case REMOVE_MEMBER -> Member.newBuilder().setID(request.getRemoveMember().getId()).build();
      case CHANGE_NOT_SET -> null;
    };
  }

  private static MembershipChange change(ChangeMembershipRequest request, long id) {
    return switch (request.getChangeCase()) {
      case ADD_LEARNER -> new MembershipChange.AddLearner(id);
      case PROMOTE_LEARNER -> new MembershipChange.PromoteLearner(id);
      case REMOVE_MEMBER -> new MembershipChange.Remove(id);
      case CHANGE_NOT_SET -> throw new IllegalArgumentException("no change");
    };
  }

  @Override
  public void transferLeadership(
      TransferLeadershipRequest request, StreamObserver<NodeStatus> client) {
    ServingMember member = serving.get();
    if (member == null) {
      Calls.fail(client, EtcdErrors.NOT_SERVING);
      return;
    }
    var raft = member.control().status().raft();
    if (!raft.leads()) {
      Calls.fail(client, EtcdErrors.NOT_LEADER);
      return;
    }
    long target = request.getTargetId();
    if (target != 0 && !raft.configuration().isVoter(target)) {
      Calls.fail(client, EtcdErrors.BAD_TRANSFEREE);
      return;
    }
    Calls.finish(
        member.control().transferLeadership(target), client, () -> client.onNext(node.status()));
  }

  @Override
  public void compareState(CompareStateRequest request, StreamObserver<NodeStatus> client) {
    ServingMember member = serving.get();
    if (member == null) {
      Calls.fail(client, EtcdErrors.NOT_SERVING);
      return;
    }
    if (!member.control().status().raft().leads()) {
      Calls.fail(client, EtcdErrors.NOT_LEADER);
      return;
    }
    if (member.state().get().members().member(request.getMemberId()) == null) {
      Calls.fail(client, invalid("member_id: name a member of this cluster"));
      return;
    }
    node.compareState(member, request.getMemberId(), request.getToken());
    client.onNext(node.status());
    client.onCompleted();
  }

  private static Status invalid(String text) {
    return Status.INVALID_ARGUMENT.withDescription("quorate: " + text);
  }
}

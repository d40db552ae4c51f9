package dev.quorate.node.rpc;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberAddResponse;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.api.etcd.MemberPromoteRequest;
import dev.quorate.api.etcd.MemberPromoteResponse;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.MemberRemoveResponse;
import dev.quorate.api.etcd.MemberUpdateRequest;
import dev.quorate.api.etcd.MemberUpdateResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.replication.MembershipRequest;
import dev.quorate.raft.quorum.MembershipChange;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's Cluster service. Its answers carry no revision, as etcd's do. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;

  /** Serves whoever is there when a request comes; null: nobody. */
  public ClusterService(Supplier<@Nullable ServingMember> serving, AccessControl access) {
    this.serving = serving;
    this.access = access;
  }

  @Override
  public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null
        || onlyForRoot(member, client)
        || badUrls(request.getPeerURLsList(), client)) {
      return;
    }
    var added =
        Member.newBuilder()
            .setID(MemberIdSource.next(member.state().get().members()))
            .addAllPeerURLs(request.getPeerURLsList())
            .setIsLearner(request.getIsLearner())
            .build();
    MembershipChange change =
        request.getIsLearner()
            ? new MembershipChange.AddLearner(added.getID())
            : new MembershipChange.AddVoter(added.getID());
    change(
        member,
        new MembershipRequest(change, added, null),
        client,
        members ->
            client.onNext(
                MemberAddResponse.newBuilder()
                    .setHeader(header(member))
                    .setMember(added)
                    .addAllMembers(members)
                    .build()));
  }

  @Override
  public void memberRemove(
      MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    change(
        member,
        request(new MembershipChange.Remove(request.getID())),
        client,
        members ->
            client.onNext(
                MemberRemoveResponse.newBuilder()
                    .setHeader(header(member))
                    .addAllMembers(members)
                    .build()));
  }

  @Override
  public void memberPromote(
      MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null || onlyForRoot(member, client)) {
      return;
    }
    change(
        member,
        request(new MembershipChange.PromoteLearner(request.getID())),
        client,
        members ->
            client.onNext(
                MemberPromoteResponse.newBuilder()
                    .setHeader(header(member))
                    .addAllMembers(members)
                    .build()));
  }

  @Override
  public void memberUpdate(
      MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null
        || onlyForRoot(member, client)
        || badUrls(request.getPeerURLsList(), client)) {
      return;
    }
    var update =
        Member.newBuilder().setID(request.getID()).addAllPeerURLs(request.getPeerURLsList());
    var applied =
        member.proposals().submit(Command.newBuilder().setUpdate(update)).thenApply(Calls::done);
    finish(
        applied,
        client,
        () ->
            client.onNext(
                MemberUpdateResponse.newBuilder()
                    .setHeader(header(member))
                    .addAllMembers(members(member))
                    .build()));
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> client) {
    ServingMember member = Calls.servingVoter(serving, client);
    if (member == null) {
      return;
    }
    CompletableFuture<Void> readable =
        request.getLinearizable()
            ? member.reads().linearizable()
            : CompletableFuture.completedFuture(null);
    var credentials = access.credentials(member.state().get());
    finish(
        readable.thenRun(() -> requireKnown(member, credentials)),
        client,
        () ->
            client.onNext(
                MemberListResponse.newBuilder()
                    .setHeader(header(member))
                    .addAllMembers(members(member))
                    .build()));
  }

  private boolean onlyForRoot(ServingMember member, StreamObserver<?> client) {
    var state = member.state().get();
    return Calls.refused(access.refuseUnlessRoot(state, access.credentials(state)), client);
  }

  private void requireKnown(ServingMember member, Credentials credentials) {
    var refusal = access.refuseUnlessKnown(member.state().get(), credentials);
    if (refusal != null) {
      throw refusal.asRuntimeException();
    }
  }

  private static boolean badUrls(List<String> peerUrls, StreamObserver<?> client) {
    boolean bad = !PeerUrls.valid(peerUrls);
    if (bad) {
      Calls.fail(client, EtcdErrors.BAD_MEMBER_URLS);
    }
    return bad;
  }

  private static MembershipRequest request(MembershipChange change) {
    return new MembershipRequest(change, Member.newBuilder().setID(change.id()).build(), null);
  }

  private static void change(
      ServingMember member,
      MembershipRequest request,
      StreamObserver<?> client,
      Consumer<List<Member>> answer) {
    finish(
        member.control().changeMembership(request), client, () -> answer.accept(members(member)));
  }

  private static void finish(CompletableFuture<?> done, StreamObserver<?> client, Runnable answer) {
    Calls.finish(done, client, answer);
  }

  private static List<Member> members(ServingMember member) {
    return member.state().get().members().list();
  }

  private static ResponseHeader header(ServingMember member) {
    var identity = member.control().identity();
    return ResponseHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .setRaftTerm(member.control().status().raft().term())
        .build();
  }
}

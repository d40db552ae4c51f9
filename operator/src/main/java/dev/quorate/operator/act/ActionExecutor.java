package dev.quorate.operator.act;

import dev.quorate.api.admin.AddLearner;
import dev.quorate.api.admin.ChangeMembershipRequest;
import dev.quorate.api.admin.PromoteLearner;
import dev.quorate.api.admin.RemoveMember;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.observe.MemberClient;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.plan.Action;
import dev.quorate.operator.plan.Autogrow;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.Membership;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.TemplateChange;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes one action. Whether it had its effect is for the next observation to tell. */
public final class ActionExecutor {
  private final MemberConnections connections;
  private final LongSupplier fencingEpoch;

  public ActionExecutor(MemberConnections connections, LongSupplier fencingEpoch) {
    this.connections = connections;
    this.fencingEpoch = fencingEpoch;
  }

  public void execute(
      RaftCluster cluster, Platform platform, ObservedCluster observed, Action action)
      throws ActionFailedException {
    try {
      perform(cluster, platform, observed, action);
    } catch (StatusRuntimeException e) {
      var status = Status.fromThrowable(e);
      throw new ActionFailedException(
          "the member answered %s: %s".formatted(status.getCode(), status.getDescription()), e);
    } catch (PlatformException e) {
      throw new ActionFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void perform(
      RaftCluster given, Platform platform, ObservedCluster observed, Action action) {
    var cluster = inForce(given, observed);
    var key = ClusterKey.of(cluster);
    switch (action) {
      case Action.CreateMember(var member, var template) ->
          platform.createMember(cluster, member, template);
      case Action.RestartMember(var member) -> platform.restartMember(cluster, member);
      case Action.StopMember(var member) -> platform.stopMember(cluster, member);
      case Action.RenewMember(var member, var change) ->
          platform.renewMember(cluster, member, change);
      case Action.KeepTemplate(var member, var template) ->
          platform.renewMember(cluster, member, new TemplateChange(null, template));
      case Action.UpdateMember(var member, var change) ->
          platform.updateMember(cluster, member, change);
      case Action.DeleteMember(var member) -> platform.deleteMember(cluster, member);
      case Action.DeleteVolume(var member) -> platform.deleteVolume(cluster, member);
      case Action.GrowVolume(var member) -> platform.growVolume(cluster, member);
      case Action.BootstrapMember(var member, var clusterId) ->
          client(key, observed.member(member), member).bootstrap(clusterId);
      case Action.JoinMember(var member, var clusterId, var memberId, var peerUrls) ->
          client(key, observed.member(member), member).join(clusterId, memberId, peerUrls);
      case Action.TransferLeadership(var member, _, var targetId) ->
          client(key, observed.member(member), member).transferLeadership(targetId);
      case Action.CompareState(_, var memberId, var token) ->
          client(key, observed.leader(), "the leader").compareState(memberId, token);
      case Action.AddLearner(_, var peerUrl) ->
          change(key, observed, 0)
              .send(b -> b.setAddLearner(AddLearner.newBuilder().addPeerUrls(peerUrl)));
      case Action.PromoteLearner(_, var id) ->
          change(key, observed, 1)
              .send(b -> b.setPromoteLearner(PromoteLearner.newBuilder().setId(id)));
      case Action.RemoveMember(var member, var id, _) -> {
        var removed = observed.member(member);
        int voters = removed != null && removed.votes() ? -1 : 0;
        change(key, observed, voters)
            .send(b -> b.setRemoveMember(RemoveMember.newBuilder().setId(id)));
      }
    }
  }

  /** The cluster, with the size that its volumes are to have by now. */
  private static RaftCluster inForce(RaftCluster given, ObservedCluster observed) {
    var spec = Autogrow.inForce(given.getSpec(), observed);
    if (spec.equals(given.getSpec())) {
      return given;
    }
    var cluster = new RaftCluster();
    cluster.setMetadata(given.getMetadata());
    cluster.setSpec(spec);
    cluster.setStatus(given.getStatus());
    return cluster;
  }

  /** A change of the membership, on its way to the leader. */
  private record Change(MemberClient leader, ChangeMembershipRequest.Builder request) {
    void send(UnaryOperator<ChangeMembershipRequest.Builder> what) {
      leader.changeMembership(what.apply(request).build());
    }
  }

  /**
   * @param votersMore by how much the number of voters grows; members are told the number after
   *     this step, and refuse it themselves if a quorum of that would not be healthy
   */
  private Change change(ClusterKey key, ObservedCluster observed, int votersMore) {
    if (!(observed.membership() instanceof Membership.Live live)) {
      throw new PlatformException("there is no leader to ask");
    }
    return new Change(
        client(key, observed.leader(), "the leader"),
        ChangeMembershipRequest.newBuilder()
            .setExpectedConfigurationIndex(live.configurationIndex())
            .setFencingEpoch(fencingEpoch.getAsLong())
            .setTargetVoters(live.voters().size() + votersMore));
  }

  private MemberClient client(ClusterKey key, @Nullable ClusterMember member, String name) {
    var address = member == null ? null : member.platform().address();
    if (address == null) {
      throw new PlatformException(name + " has no address");
    }
    return connections.client(key, address.peerUrl());
  }
}

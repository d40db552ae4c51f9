package dev.quorate.node;

import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.node.transport.grpc.Complaint;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A cluster that is there already, as one of its members tells it to a node that wants to join. */
record KnownCluster(long clusterId, List<Member> members) {
  private static final int PATIENCE_SECONDS = 5;

  /**
   * Asks the members behind these peer URLs, one after the other, until one of them answers.
   *
   * @throws StartException if none does
   */
  static KnownCluster ask(
      Collection<String> peerUrls, ChannelCredentials credentials, EventLoopGroup eventLoops)
      throws StartException {
    var failures = new ArrayList<String>();
    for (String url : peerUrls) {
      try {
        var answer = ask(url, credentials, eventLoops);
        return new KnownCluster(answer.getHeader().getClusterId(), answer.getMembersList());
      } catch (StatusRuntimeException e) {
        failures.add(url + ": " + Complaint.of(e.getStatus()));
      }
    }
    throw new StartException(
        "no member of the cluster told who belongs to it (%s): check these peer URLs and that the members run"
            .formatted(String.join("; ", failures)));
  }

  private static MemberListResponse ask(
      String url, ChannelCredentials credentials, EventLoopGroup eventLoops) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                url.substring(url.indexOf("//") + 2),
                url.startsWith("https:") ? credentials : InsecureChannelCredentials.create())
            .channelType(Sockets.HERE.clients())
            .eventLoopGroup(eventLoops)
            .build();
    try {
      return ClusterGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
    } finally {
      channel.shutdownNow();
    }
  }

  /**
   * The id of the member with exactly these peer URLs.
   *
   * @throws StartException if the cluster does not expect one
   */
  long memberWith(Collection<String> peerUrls) throws StartException {
    Set<String> wanted = new TreeSet<>(peerUrls);
    for (Member member : members) {
      if (wanted.equals(new TreeSet<>(member.getPeerURLsList()))) {
        return member.getID();
      }
    }
    throw new StartException(
        "no member of the cluster has the peer URLs %s: run \"etcdctl member add NAME --peer-urls=%s\" on it first"
            .formatted(wanted, String.join(",", wanted)));
  }

  boolean hasMember(long id) {
    return members.stream().anyMatch(member -> member.getID() == id);
  }
}

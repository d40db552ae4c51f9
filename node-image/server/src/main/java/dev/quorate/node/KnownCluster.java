package dev.quorate.node;

import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.node.replication.FirstStart;
import dev.quorate.node.replication.NodeIdentity;
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

/** A cluster that is there already, as one of its members tells it to a node that has no data. */
record KnownCluster(long clusterId, long memberId, long term, List<Member> members) {
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
        return ask(url, credentials, eventLoops, true, PATIENCE_SECONDS);
      } catch (StatusRuntimeException e) {
        failures.add(url + ": " + Complaint.of(e.getStatus()));
      }
    }
    throw new StartException(
        "no member of the cluster told who belongs to it (%s): check these peer URLs and that the members run"
            .formatted(String.join("; ", failures)));
  }

  /**
   * Asks one member what it knows by itself, or for its cluster.
   *
   * @throws StatusRuntimeException if it does not tell
   */
  static KnownCluster ask(
      String url,
      ChannelCredentials credentials,
      EventLoopGroup eventLoops,
      boolean linearizable,
      int patienceSeconds) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                url.substring(url.indexOf("//") + 2),
                url.startsWith("https:") ? credentials : InsecureChannelCredentials.create())
            .channelType(Sockets.HERE.clients())
            .eventLoopGroup(eventLoops)
            .build();
    try {
      var answer =
          ClusterGrpc.newBlockingStub(channel)
              .withDeadlineAfter(patienceSeconds, TimeUnit.SECONDS)
              .memberList(MemberListRequest.newBuilder().setLinearizable(linearizable).build());
      var header = answer.getHeader();
      return new KnownCluster(
          header.getClusterId(),
          header.getMemberId(),
          header.getRaftTerm(),
          answer.getMembersList());
    } finally {
      channel.shutdownNow();
    }
  }

  FirstStart.Answer toAnswer(boolean linearizable) {
    return new FirstStart.Answer(
        new NodeIdentity(clusterId, memberId), term, members, linearizable);
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

  /** A member tells its client URLs once it runs, and not before. */
  boolean hasStarted(long id) {
    return members.stream()
        .anyMatch(member -> member.getID() == id && member.getClientURLsCount() > 0);
  }

  boolean hasMember(long id) {
    return members.stream().anyMatch(member -> member.getID() == id);
  }
}

package dev.quorate.operator.observe;

import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.RaftRole;
import dev.quorate.operator.plan.CertificatesInUse;
import dev.quorate.operator.plan.NodeReport;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answers of a cluster's nodes, by name of the member. */
record Answers(Map<String, NodeAnswer> byMember) {

  /**
   * Leaves out what somebody else said. An address may lead to another pod for a while after its
   * own is gone, and what that one holds says nothing about the member.
   *
   * @param clusterId the cluster's identity; null while it has none
   */
  static Answers of(Map<String, NodeAnswer> given, @Nullable Long clusterId) {
    var own = new TreeMap<String, NodeAnswer>();
    given.forEach((member, answer) -> own.put(member, ofMember(member, answer, clusterId)));
    return new Answers(own);
  }

  private static NodeAnswer ofMember(String member, NodeAnswer answer, @Nullable Long clusterId) {
    if (!(answer instanceof NodeAnswer.Told(var status))) {
      return answer;
    }
    if (!status.getName().equals(member)) {
      return new NodeAnswer.Silence(
          "somebody else answers at its address: \"%s\"".formatted(status.getName()));
    }
    boolean foreign =
        clusterId != null && status.getClusterId() != 0 && status.getClusterId() != clusterId;
    return foreign
        ? new NodeAnswer.Silence(
            "what answers at its address holds data of another cluster (%016x): delete its volume"
                .formatted(status.getClusterId()))
        : answer;
  }

  private Stream<NodeStatus> running() {
    return byMember.values().stream()
        .flatMap(
            answer ->
                answer instanceof NodeAnswer.Told(var status) ? Stream.of(status) : Stream.of())
        .filter(status -> status.getState() == NodeState.RUNNING);
  }

  /** Who leads in the newest term; one that was deposed and does not know it yet loses here. */
  @Nullable NodeStatus leader() {
    return running()
        .filter(status -> status.getRole() == RaftRole.LEADER)
        .max(Comparator.comparingLong(NodeStatus::getTerm))
        .orElse(null);
  }

  @Nullable NodeStatus newestConfiguration() {
    return running()
        .filter(status -> status.getMembersCount() > 0)
        .max(Comparator.comparingLong(NodeStatus::getConfigurationIndex))
        .orElse(null);
  }

  NodeReport report(String member) {
    var answer = byMember.get(member);
    return switch (answer) {
      case null -> new NodeReport.Unreachable("it does not run");
      case NodeAnswer.Silence(var why) -> new NodeReport.Unreachable(why);
      case NodeAnswer.Told(var status) ->
          new NodeReport.Reachable(
              state(status.getState()),
              fault(status.getFault()),
              status.getReason(),
              status.getVersion(),
              status.getClusterId(),
              status.getMemberId(),
              role(status.getRole()),
              status.getLeaderId(),
              status.getTerm(),
              status.getAppliedIndex(),
              status.getDatabaseBytes(),
              status.getDataReadableFrom(),
              certificates(status),
              disk(status));
    };
  }

  private static NodeReport.Disk disk(NodeStatus status) {
    return new NodeReport.Disk(
        status.getDisk().getTotalBytes(),
        status.getDisk().getUsedPercent(),
        switch (status.getSpaceAlarm()) {
          case DISK_FULL -> NodeReport.SpaceAlarm.DISK_FULL;
          case RAISED_OTHERWISE -> NodeReport.SpaceAlarm.RAISED_OTHERWISE;
          case SPACE_ALARM_NONE, UNRECOGNIZED -> NodeReport.SpaceAlarm.NONE;
        });
  }

  private static CertificatesInUse certificates(NodeStatus status) {
    var clients = status.getClientTls();
    var peers = status.getPeerTls();
    return new CertificatesInUse(
        clients.getCertificate(),
        clients.getTrustedList(),
        peers.getCertificate(),
        peers.getTrustedList(),
        peers.getAdminTrustedList());
  }

  private static NodeReport.State state(NodeState state) {
    return switch (state) {
      case IDLE -> NodeReport.State.IDLE;
      case RUNNING -> NodeReport.State.RUNNING;
      case PAUSED -> NodeReport.State.PAUSED;
      case TERMINATED -> NodeReport.State.TERMINATED;
      case NODE_STATE_UNSPECIFIED, UNRECOGNIZED -> NodeReport.State.UNKNOWN;
    };
  }

  private static NodeReport.Fault fault(Fault fault) {
    return switch (fault) {
      case DATA_LOST -> NodeReport.Fault.DATA_LOST;
      case FORMAT_TOO_NEW -> NodeReport.Fault.FORMAT_TOO_NEW;
      case DISK_FAILED -> NodeReport.Fault.DISK_FAILED;
      // Who belongs to no configuration is taken away without being told why.
      case FAULT_NONE, MEMBER_REMOVED, UNRECOGNIZED -> NodeReport.Fault.NONE;
    };
  }

  private static NodeReport.Role role(RaftRole role) {
    return switch (role) {
      case LEADER -> NodeReport.Role.LEADER;
      case FOLLOWER -> NodeReport.Role.FOLLOWER;
      case PRE_CANDIDATE, CANDIDATE -> NodeReport.Role.CANDIDATE;
      case LEARNER -> NodeReport.Role.LEARNER;
      case RAFT_ROLE_UNSPECIFIED, UNRECOGNIZED -> NodeReport.Role.NONE;
    };
  }
}

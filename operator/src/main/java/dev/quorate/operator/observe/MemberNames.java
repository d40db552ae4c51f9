package dev.quorate.operator.observe;

import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.StateComparison;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.Comparison;
import dev.quorate.operator.plan.Comparison.Outcome;
import dev.quorate.operator.plan.MemberNaming;
import dev.quorate.operator.plan.RaftMember;
import dev.quorate.operator.platform.PlatformFacts;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells which member of the platform an entry of the configuration is: by its peer URL, which is
 * the member's for good; else by the name that the node gave itself.
 */
final class MemberNames {
  private final String cluster;
  private final Map<String, String> byPeerUrl = new HashMap<>();

  MemberNames(String cluster, PlatformFacts facts, RaftClusterStatus status) {
    this.cluster = cluster;
    for (var member : status.members()) {
      if (member.peerUrl() != null) {
        byPeerUrl.put(member.peerUrl(), member.name());
      }
    }
    for (var member : facts.members().values()) {
      if (member.address() != null) {
        byPeerUrl.put(member.address().peerUrl(), member.name());
      }
    }
  }

  RaftMember raftMember(MemberStatus status) {
    return new RaftMember(
        status.getId(),
        name(status),
        status.getPeerUrlsList(),
        status.getLearner(),
        status.getClientUrlsCount() > 0,
        status.getRecentlyActive(),
        status.getCaughtUp(),
        status.getMatchIndex(),
        status.hasComparison() ? comparison(status.getComparison()) : null);
  }

  private static Comparison comparison(StateComparison told) {
    var outcome =
        switch (told.getOutcome()) {
          case COMPARING -> Outcome.RUNNING;
          case EQUAL -> Outcome.EQUAL;
          case DIFFERENT -> Outcome.DIFFERENT;
          case INCOMPARABLE -> Outcome.INCOMPARABLE;
          case COMPARISON_UNSPECIFIED, COMPARISON_FAILED, UNRECOGNIZED -> Outcome.FAILED;
        };
    return new Comparison(told.getToken(), outcome, told.getRevision());
  }

  private String name(MemberStatus status) {
    for (var url : status.getPeerUrlsList()) {
      var name = byPeerUrl.get(url);
      if (name != null) {
        return name;
      }
    }
    return MemberNaming.ordinalIn(cluster, status.getName()) >= 0
        ? status.getName()
        : "unknown-%016x".formatted(status.getId());
  }
}

package dev.quorate.operator.plan;

import java.util.List;

/**
 * A member as the cluster's configuration has it.
 *
 * @param name the operator's name for it, found by its peer URL
 * @param started it has told the cluster how clients reach it, so it had data once
 * @param active the leader heard of it lately
 * @param caughtUp as a learner it may be promoted
 */
public record RaftMember(
    long id,
    String name,
    List<String> peerUrls,
    boolean learner,
    boolean started,
    boolean active,
    boolean caughtUp,
    long matchIndex) {
  public RaftMember {
    peerUrls = List.copyOf(peerUrls);
  }
}

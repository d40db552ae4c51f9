package dev.quorate.operator.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member as the cluster's configuration has it.
 *
 * @param name the operator's name for it, found by its peer URL
 * @param started it has told the cluster how clients reach it, so it had data once
 * @param active the leader heard of it lately
 * @param caughtUp it lacks little of the log; as a learner it may be promoted
 * @param comparison how its state compares with the leader's; null if nobody asked
 */
public record RaftMember(
    long id,
    String name,
    List<String> peerUrls,
    boolean learner,
    boolean started,
    boolean active,
    boolean caughtUp,
    long matchIndex,
    @Nullable Comparison comparison) {
  public RaftMember {
    peerUrls = List.copyOf(peerUrls);
  }

  public RaftMember(
      long id,
      String name,
      List<String> peerUrls,
      boolean learner,
      boolean started,
      boolean active,
      boolean caughtUp,
      long matchIndex) {
    this(id, name, peerUrls, learner, started, active, caughtUp, matchIndex, null);
  }
}

package dev.quorate.operator.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who belongs to the cluster, and how well that is known. */
public sealed interface Membership {
  List<RaftMember> members();

  /**
   * The configuration of a leader that was asked just now; the only one that anything is decided
   * on.
   *
   * @param configurationIndex the log index that made it
   * @param changePending a change is in the log and not applied yet
   */
  record Live(
      long leaderId,
      long lastIndex,
      long configurationIndex,
      boolean changePending,
      List<RaftMember> members)
      implements Membership {
    public Live {
      members = List.copyOf(members);
    }
  }

  /** What members or the status said when there was a leader; for counting and for messages. */
  record LastKnown(List<RaftMember> members) implements Membership {
    public LastKnown {
      members = List.copyOf(members);
    }
  }

  default List<RaftMember> voters() {
    return members().stream().filter(member -> !member.learner()).toList();
  }

  default List<RaftMember> learners() {
    return members().stream().filter(RaftMember::learner).toList();
  }

  default @Nullable RaftMember byName(String name) {
    return members().stream().filter(member -> member.name().equals(name)).findFirst().orElse(null);
  }
}

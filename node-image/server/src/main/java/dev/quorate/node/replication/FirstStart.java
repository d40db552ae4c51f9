package dev.quorate.node.replication;

import dev.quorate.api.etcd.Member;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a first member without data may begin under the identity that its flags give it, or was
 * here before and has lost what it knew: then it would vote a second time in a term and help to
 * elect a leader that lacks what it had acknowledged.
 *
 * <p>Only the others can tell, and silence tells nothing. Whoever is still in the founding term has
 * neither stood for election nor got an entry, so this member has never voted for it nor
 * acknowledged anything to it; if that is so for all others, each at any time since this process
 * began, then it was never here. Once there are terms, the cluster must say, and by a linearizable
 * read, because what one member has applied may be old: members publish their URLs when they start.
 */
public final class FirstStart {
  private final NodeIdentity self;
  private final Set<Long> unheard;
  private final SortedMap<Long, String> complaints = new TreeMap<>();
  private @Nullable Decision decided;

  /** What another member says; linearizable: in the name of the cluster. */
  public record Answer(NodeIdentity from, long term, List<Member> members, boolean linearizable) {}

  /** What is to become of the member. */
  public sealed interface Decision {
    /** It was never here. */
    record Begin() implements Decision {}

    /** It must not come back under this identity: it was here before. */
    record StartedBefore() implements Decision {}

    /** It must not come back under this identity: the cluster has removed it. */
    record Removed() implements Decision {}

    /** Not known yet; the members that must be heard first, and what is the matter with each. */
    record Wait(SortedMap<Long, String> complaints) implements Decision {}
  }

  /** Begins to ask, with nothing heard. */
  public FirstStart(NodeIdentity self, List<Member> founders) {
    this.self = self;
    this.unheard = new TreeSet<>();
    for (Member founder : founders) {
      if (founder.getID() != self.memberId()) {
        unheard.add(founder.getID());
        complaints.put(founder.getID(), "was not asked yet");
      }
    }
  }

  /** The founders that are still to be asked. */
  public Set<Long> unheard() {
    return Set.copyOf(unheard);
  }

  /** A member did not answer. */
  public void silent(long id, String why) {
    if (unheard.contains(id)) {
      complaints.put(id, why);
    }
  }

  /**
   * A member answered.
   *
   * @return whether its cluster must be asked through it, because its own word is not enough
   */
  public boolean heard(long id, Answer answer) {
    if (!answer.from().equals(new NodeIdentity(self.clusterId(), id))) {
      silent(
          id,
          "is member %x of cluster %x and not member %x of cluster %x"
              .formatted(
                  answer.from().memberId(), answer.from().clusterId(), id, self.clusterId()));
      return false;
    }
    var known =
        answer.members().stream().filter(member -> member.getID() == self.memberId()).findFirst();
    if (known.isEmpty()) {
      decided = new Decision.Removed();
    } else if (known.get().getClientURLsCount() > 0) {
      decided = new Decision.StartedBefore();
    } else if (answer.term() <= Founding.TERM) {
      unheard.remove(id);
      complaints.remove(id);
    } else if (!answer.linearizable()) {
      silent(id, "knows no leader");
      return true;
    } else if (decided == null) {
      decided = new Decision.Begin();
    }
    return false;
  }

  /** As far as is known now. */
  public Decision decision() {
    if (decided != null) {
      return decided;
    }
    return unheard.isEmpty() ? new Decision.Begin() : new Decision.Wait(new TreeMap<>(complaints));
  }
}

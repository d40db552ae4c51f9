package dev.quorate.operator.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which pod template a member gets that has none yet, or whose own is no good. */
final class Templates {
  private Templates() {}

  /**
   * For a new member. What has not proved itself is tried by updating a member that is there, never
   * by a member that the cluster waits for.
   */
  static @Nullable String forNew(ObservedCluster observed, String member) {
    var wanted = observed.wantedTemplate();
    var proven = observed.verdicts().proven();
    if (wanted == null || wanted.equals(proven)) {
      return wanted;
    }
    var others = common(observed, others(observed, member));
    boolean known = others != null && known(observed).contains(others);
    return Stream.of(known ? others : null, proven, others, wanted)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /**
   * What a member that is updated is put back to; null if nothing is known to be good. What it runs
   * itself need not be that: an update of it may have been begun and never judged.
   */
  static @Nullable String good(ObservedCluster observed, ClusterMember member) {
    var own = running(member);
    var known = known(observed);
    if (own != null && known.contains(own)) {
      return own;
    }
    var others = common(observed, others(observed, member.name()));
    if (others != null && (known.isEmpty() || known.contains(others))) {
      return others;
    }
    if (!known.isEmpty()) {
      return known.getFirst();
    }
    boolean onlyOwn = observed.verdicts().proven() == null && member.serves();
    return onlyOwn && !Objects.equals(own, observed.wantedTemplate()) ? own : null;
  }

  /** Whether what the member runs has proved itself, as far as anything has. */
  static boolean isKnown(ObservedCluster observed, ClusterMember member) {
    var running = member.platform().template().running();
    var verdicts = observed.verdicts();
    return verdicts.proven() == null
        || (running != null
            && (running.equals(verdicts.proven()) || running.equals(verdicts.before())));
  }

  /** Whether it can be made again: the spec asks for it, or a member of the cluster has it. */
  static boolean isKept(ObservedCluster observed, String template) {
    return template.equals(observed.wantedTemplate())
        || observed.configured().stream()
            .anyMatch(member -> template.equals(member.platform().template().ordered()));
  }

  /** What has proved itself and is not wanted, the newest first. */
  private static List<String> known(ObservedCluster observed) {
    return Stream.of(observed.verdicts().proven(), observed.verdicts().before())
        .filter(Objects::nonNull)
        .filter(template -> !template.equals(observed.wantedTemplate()))
        .toList();
  }

  /** What members have whose update was not begun; null if there are none. */
  static @Nullable String base(ObservedCluster observed) {
    return common(observed, observed.configured());
  }

  private static List<ClusterMember> others(ObservedCluster observed, String member) {
    return observed.configured().stream().filter(other -> !other.name().equals(member)).toList();
  }

  /**
   * Of what is not wanted: what has proved itself, else what most run well, else what most have.
   */
  private static @Nullable String common(
      ObservedCluster observed, Collection<ClusterMember> members) {
    var templates = templates(observed, members.stream());
    for (var template : known(observed)) {
      if (templates.containsKey(template)) {
        return template;
      }
    }
    var serving = templates(observed, members.stream().filter(ClusterMember::serves));
    return most(serving.isEmpty() ? templates : serving);
  }

  private static Map<String, Integer> templates(
      ObservedCluster observed, Stream<ClusterMember> members) {
    var counts = new TreeMap<String, Integer>();
    members
        .map(Templates::running)
        .filter(Objects::nonNull)
        .filter(template -> !template.equals(observed.wantedTemplate()))
        .forEach(template -> counts.merge(template, 1, Integer::sum));
    return counts;
  }

  /** What it runs; null also if nobody knows what that is. */
  private static @Nullable String running(ClusterMember member) {
    var template = member.platform().template();
    return template.unmarked() ? null : template.running();
  }

  private static @Nullable String most(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }
}

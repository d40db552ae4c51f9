package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Autogrow.Fullness;
import dev.quorate.operator.plan.NodeReport.SpaceAlarm;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What people are told of volumes that are full, and of alarms that keep everybody from puts. */
public final class SpaceMessages {
  private static final String LESS = "delete keys and compact";

  private SpaceMessages() {}

  /** Why nobody may put anything, and what would end that; null if all may. */
  public static @Nullable String alarm(RaftClusterSpec spec, ObservedCluster observed) {
    var otherwise = names(observed, member -> alarm(member) == SpaceAlarm.RAISED_OTHERWISE);
    if (otherwise != null) {
      return ("the NOSPACE alarm of %s is raised, and not for its disk, so puts are refused: %s, or"
              + " raise ETCD_QUOTA_BACKEND_BYTES in spec.podTemplate.env if the data is over its"
              + " quota; then, or if its disk was made larger while it did not run, etcdctl alarm disarm")
          .formatted(otherwise, LESS);
    }
    Predicate<ClusterMember> isFull = member -> alarm(member) == SpaceAlarm.DISK_FULL;
    var full = names(observed, isFull);
    return full == null
        ? null
        : "the disk of %s is full, so puts are refused until there is space: %s"
            .formatted(full, remedy(spec, observed, isFull));
  }

  /** Which volumes are nearly full and do not grow any more; null if there are none. */
  public static @Nullable String full(RaftClusterSpec spec, ObservedCluster observed) {
    var autogrow = spec.storage().autogrow();
    if (autogrow == null) {
      return null;
    }
    Predicate<ClusterMember> isFull =
        member ->
            switch (Fullness.of(autogrow, member)) {
              case AT_MOST, SHARED -> true;
              case ROOM, GROWS, GROWING, FULL -> false;
            };
    var full = names(observed, isFull);
    return full == null
        ? null
        : "%d%% or more of the disk of %s is used: %s"
            .formatted(autogrow.whenUsedPercent(), full, remedy(spec, observed, isFull));
  }

  /** What Kubernetes has still to do; null if nothing. */
  static @Nullable String growing(RaftClusterSpec spec, ObservedCluster observed) {
    return names(
        observed, member -> Fullness.of(spec.storage().autogrow(), member) == Fullness.GROWING);
  }

  private static String remedy(
      RaftClusterSpec spec, ObservedCluster observed, Predicate<ClusterMember> whose) {
    var autogrow = spec.storage().autogrow();
    Predicate<Fullness> is =
        fullness ->
            names(observed, whose.and(member -> Fullness.of(autogrow, member) == fullness)) != null;
    if (is.test(Fullness.SHARED)) {
      return "it is not as large as its claim, so that a larger claim would not help; make room on"
          + " it, or use a storage class with volumes of their own size";
    }
    if (is.test(Fullness.AT_MOST) && autogrow != null) {
      return "it is as large as spec.storage.autogrow.maxSize lets it be (%s); raise that, or %s"
          .formatted(autogrow.maxSize(), LESS);
    }
    if (is.test(Fullness.GROWING)) {
      return "its volume is being made larger by Kubernetes; kubectl describe pvc says how far that"
          + " is";
    }
    var failure = observed.failure();
    if (failure != null && failure.action().equals(AutogrowRule.GROW_VOLUME)) {
      return failure.message();
    }
    return is.test(Fullness.GROWS)
        ? "its volume is made larger when nothing else is being done with it"
        : "raise spec.storage.size, let spec.storage.autogrow do so, or " + LESS;
  }

  private static SpaceAlarm alarm(ClusterMember member) {
    var answer = member.answer();
    return answer == null ? SpaceAlarm.NONE : answer.disk().alarm();
  }

  private static @Nullable String names(ObservedCluster observed, Predicate<ClusterMember> which) {
    var names =
        observed.configured().stream()
            .filter(which)
            .map(ClusterMember::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? null : names;
  }
}

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
              + " quota; then etcdctl alarm disarm")
          .formatted(otherwise, LESS);
    }
    var full = names(observed, member -> alarm(member) == SpaceAlarm.DISK_FULL);
    return full == null
        ? null
        : "the disk of %s is full, so puts are refused until there is space: %s"
            .formatted(full, remedy(spec, observed));
  }

  /** Which volumes are nearly full and do not grow any more; null if there are none. */
  public static @Nullable String full(RaftClusterSpec spec, ObservedCluster observed) {
    var autogrow = spec.storage().autogrow();
    if (autogrow == null) {
      return null;
    }
    var full =
        names(
            observed,
            member ->
                switch (Fullness.of(autogrow, member)) {
                  case AT_MOST, SHARED -> true;
                  case ROOM, GROWS, GROWING, FULL -> false;
                });
    return full == null
        ? null
        : "%d%% or more of the disk of %s is used: %s"
            .formatted(autogrow.whenUsedPercent(), full, remedy(spec, observed));
  }

  /** What Kubernetes has still to do; null if nothing. */
  static @Nullable String growing(RaftClusterSpec spec, ObservedCluster observed) {
    return names(
        observed, member -> Fullness.of(spec.storage().autogrow(), member) == Fullness.GROWING);
  }

  private static String remedy(RaftClusterSpec spec, ObservedCluster observed) {
    var autogrow = spec.storage().autogrow();
    if (is(spec, observed, Fullness.SHARED)) {
      return "it is not as large as its claim, so that a larger claim would not help; make room on"
          + " it, or use a storage class with volumes of their own size";
    }
    if (is(spec, observed, Fullness.AT_MOST) && autogrow != null) {
      return "it is as large as spec.storage.autogrow.maxSize lets it be (%s); raise that, or %s"
          .formatted(autogrow.maxSize(), LESS);
    }
    if (is(spec, observed, Fullness.GROWING)) {
      return "its volume is being made larger by Kubernetes; kubectl describe pvc says how far that"
          + " is";
    }
    var failure = observed.failure();
    if (failure != null && failure.action().equals("GrowVolume")) {
      return failure.message();
    }
    return is(spec, observed, Fullness.GROWS)
        ? "its volume is made larger"
        : "raise spec.storage.size, let spec.storage.autogrow do so, or " + LESS;
  }

  private static boolean is(RaftClusterSpec spec, ObservedCluster observed, Fullness fullness) {
    return names(observed, member -> Fullness.of(spec.storage().autogrow(), member) == fullness)
        != null;
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

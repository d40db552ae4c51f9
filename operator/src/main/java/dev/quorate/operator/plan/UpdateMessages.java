package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import org.jspecify.annotations.Nullable;

/** How people are told why members are not as the spec says. */
public final class UpdateMessages {
  private UpdateMessages() {}

  /** Why the version of the spec is not tried; null if it may be, or members have it already. */
  public static @Nullable String refused(RaftClusterSpec spec, ObservedCluster observed) {
    return VersionSkew.refusal(spec, observed);
  }

  public static String rolledBack(Rejection rejection) {
    return "the update stopped at %s and was taken back there, because %s; change the spec to try again"
        .formatted(rejection.member(), rejection.reason());
  }
}

package dev.quorate.node.flags;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The gates of etcd 3.7: checked like etcd checks them, so that what starts here starts there.
 * {@code AllAlpha} and {@code AllBeta} stand for those that are not named.
 */
final class FeatureGates {
  private static final String CHECKPOINTS = "LeaseCheckpoint";
  private static final String CHECKPOINTS_PERSIST = "LeaseCheckpointPersist";
  private static final String ALL_ALPHA = "AllAlpha";

  private static final Set<String> NAMES =
      new TreeSet<>(
          Set.of(
              ALL_ALPHA,
              "AllBeta",
              "CompactHashCheck",
              "FastLeaseKeepAlive",
              "InitialCorruptCheck",
              CHECKPOINTS,
              CHECKPOINTS_PERSIST,
              "PriorityRequest",
              "SetMemberLocalAddr",
              "StopGRPCServiceOnDefrag",
              "TxnModeWriteWithSharedBuffer"));

  private FeatureGates() {}

  /** What is wrong with gates that are written like this; null if nothing is. */
  static @Nullable String problem(String text) {
    for (String gate : gates(text)) {
      String[] parts = gate.split("=", 2);
      String name = parts[0].strip();
      if (parts.length < 2) {
        return "says neither true nor false for " + name;
      }
      if (FlagKind.truth(parts[1].strip()) == null) {
        return "says \"%s\" for %s, which is neither true nor false"
            .formatted(parts[1].strip(), name);
      }
      if (!NAMES.contains(name)) {
        return "has the unrecognized feature gate %s: there are %s"
            .formatted(name, String.join(", ", NAMES));
      }
    }
    return isOn(text, CHECKPOINTS_PERSIST, false) && !isOn(text, CHECKPOINTS, false)
        ? "switches %s on, which needs %s=true".formatted(CHECKPOINTS_PERSIST, CHECKPOINTS)
        : null;
  }

  /**
   * Whether gates without a problem switch this one, which is alpha, on.
   *
   * @param otherwise what holds if they do not speak of it
   */
  static boolean isOn(String text, String name, boolean otherwise) {
    var switched = new TreeMap<String, Boolean>();
    for (String gate : gates(text)) {
      String[] parts = gate.split("=", 2);
      switched.put(parts[0].strip(), Boolean.TRUE.equals(FlagKind.truth(parts[1].strip())));
    }
    return switched.getOrDefault(name, switched.getOrDefault(ALL_ALPHA, otherwise));
  }

  private static List<String> gates(String text) {
    return Arrays.stream(text.split(",", -1)).filter(gate -> !gate.isEmpty()).toList();
  }
}

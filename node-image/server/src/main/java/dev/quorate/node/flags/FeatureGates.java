package dev.quorate.node.flags;

import java.util.Map;
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
    var switched = new TreeMap<String, Boolean>();
    for (String gate : text.split(",", -1)) {
      if (gate.isEmpty()) {
        continue;
      }
      String[] parts = gate.split("=", 2);
      String name = parts[0].strip();
      if (parts.length < 2) {
        return "says neither true nor false for " + name;
      }
      Boolean on = FlagKind.truth(parts[1].strip());
      if (on == null) {
        return "says \"%s\" for %s, which is neither true nor false"
            .formatted(parts[1].strip(), name);
      }
      if (!NAMES.contains(name)) {
        return "has the unrecognized feature gate %s: there are %s"
            .formatted(name, String.join(", ", NAMES));
      }
      switched.put(name, on);
    }
    return isOn(switched, CHECKPOINTS_PERSIST) && !isOn(switched, CHECKPOINTS)
        ? "switches %s on, which needs %s=true".formatted(CHECKPOINTS_PERSIST, CHECKPOINTS)
        : null;
  }

  /** For gates that are alpha, and off by themselves. */
  private static boolean isOn(Map<String, Boolean> switched, String name) {
    return switched.getOrDefault(name, switched.getOrDefault(ALL_ALPHA, false));
  }
}

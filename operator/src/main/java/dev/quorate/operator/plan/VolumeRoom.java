package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.platform.VolumeFit.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * Whether what members hold has room on smaller volumes. A successor that does not fit would fill
 * its volume, and the alarm that it raises then stops every client's puts.
 */
final class VolumeRoom {
  /** For the log, and for a second copy of the data while one is received. */
  private static final int COPIES = 2;

  private VolumeRoom() {}

  /** Why no member gets a smaller volume; null if it may. It says the same as long as it can. */
  static @Nullable String refusal(RaftClusterSpec spec, ObservedCluster observed) {
    var storage = spec.storage();
    boolean shrinks =
        observed.configured().stream()
            .anyMatch(member -> member.platform().volumeFit().size() == Size.LARGER);
    long neededBytes = COPIES * heldBytes(observed);
    if (storage.changePolicy() != VolumeChangePolicy.REPLACE
        || !shrinks
        || neededBytes <= Quantity.getAmountInBytes(storage.size()).longValue()) {
      return null;
    }
    return "volumes of %s are too small for what the members hold: set spec.storage.size to %s at least, or delete keys and compact"
        .formatted(storage.size(), rounded(neededBytes));
  }

  private static long heldBytes(ObservedCluster observed) {
    return observed.configured().stream()
        .map(ClusterMember::answer)
        .mapToLong(answer -> answer == null ? 0 : answer.databaseBytes())
        .max()
        .orElse(0);
  }

  /** Up to a power of two, so that it does not change with every key. */
  private static String rounded(long bytes) {
    long mebibytes = 1;
    while (mebibytes << 20 < bytes) {
      mebibytes <<= 1;
    }
    return mebibytes < 1024 ? mebibytes + "Mi" : (mebibytes >> 10) + "Gi";
  }
}

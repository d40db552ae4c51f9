package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.VolumeChangePolicy;
import java.util.stream.Collectors;

/** What people are told of volumes. */
public final class VolumeMessages {
  private VolumeMessages() {}

  /** Which members have a volume that cannot be made as wanted, and what is done about it. */
  public static String different(RaftClusterSpec spec, ObservedCluster observed) {
    var what =
        observed.configured().stream()
            .filter(member -> member.platform().volumeFit().unchangeable())
            .map(member -> member.name() + ": " + member.platform().volumeFit().difference())
            .collect(Collectors.joining("; "));
    var refusal = VolumeRoom.refusal(spec, observed);
    if (refusal != null) {
      return what + ". They stay, because " + refusal;
    }
    return what
        + (spec.storage().changePolicy() == VolumeChangePolicy.REPLACE
            ? ". They are replaced one at a time, while all members are healthy"
            : ". They stay, because spec.storage.changePolicy is Refuse: put the old value back, or"
                + " set it to Replace");
  }
}

package dev.quorate.operator.plan;

import dev.quorate.crds.AutogrowSpec;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.NodeReport.SpaceAlarm;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Claimed;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * How large volumes are to be that grow by themselves: as the largest claim of a member, and a step
 * more where a volume is nearly full, at least what the spec says, and at most what it allows.
 *
 * <p>What volumes have grown to is remembered nowhere but in the claims. The spec is its user's: a
 * size that somebody else writes there is put back by whatever applies it again from files. A size
 * in the status would be a second memory, which may be lost or contradict the first. Claims never
 * shrink, so neither does what follows from them; and whoever grows one of them by hand has said
 * what the others are to be.
 */
public final class Autogrow {
  private static final long MEBIBYTE = 1L << 20;
  private static final long GIBIBYTE = 1L << 30;

  /** From here on sizes are whole GiB. */
  private static final long LARGE = 10 * GIBIBYTE;

  private Autogrow() {}

  /** The spec, with the size that volumes are to have by now. */
  public static RaftClusterSpec inForce(RaftClusterSpec spec, ObservedCluster observed) {
    var storage = spec.storage();
    var autogrow = storage.autogrow();
    if (autogrow == null) {
      return spec;
    }
    long least = VolumeFit.bytes(storage.size());
    long wanted = least;
    for (var member : observed.configured()) {
      var claimed = member.platform().volumeFit().claimed();
      if (claimed != null) {
        boolean grows = Fullness.of(autogrow, member) == Fullness.GROWS;
        wanted =
            Math.max(
                wanted, grows ? next(size(claimed), autogrow.stepPercent()) : claimed.askedBytes());
      }
    }
    wanted = Math.max(least, Math.min(wanted, VolumeFit.bytes(autogrow.maxSize())));
    return wanted == least ? spec : spec.withStorage(storage.withSize(quantity(wanted)));
  }

  /** The members, with their volumes compared with the size in force. */
  public static ObservedCluster compared(RaftClusterSpec inForce, ObservedCluster observed) {
    var size = inForce.storage().size();
    return inForce.storage().autogrow() == null
        ? observed
        : observed.withMembers(
            member ->
                member.with(
                    member.platform().withVolumeFit(member.platform().volumeFit().against(size))));
  }

  /** How it is with the room on a member's volume. */
  enum Fullness {
    /** There is room, as far as is known. */
    ROOM,
    /** It is nearly full, and a larger claim would help. */
    GROWS,
    /** It is nearly full, and does not have yet what its claim asks for. */
    GROWING,
    /** It is nearly full, and as large as the spec allows. */
    AT_MOST,
    /** The disk is nearly full, and is not as large as its claim: it is not its own. */
    SHARED,
    /** It is full, and nobody knows of a claim, or none may grow. */
    FULL;

    static Fullness of(@Nullable AutogrowSpec autogrow, ClusterMember member) {
      var answer = member.answer();
      if (answer == null) {
        return ROOM;
      }
      var disk = answer.disk();
      boolean full = disk.alarm() == SpaceAlarm.DISK_FULL;
      var claimed = member.platform().volumeFit().claimed();
      if (autogrow == null || claimed == null) {
        return full ? FULL : ROOM;
      }
      if (!full && (disk.totalBytes() == 0 || disk.usedPercent() < autogrow.whenUsedPercent())) {
        return ROOM;
      }
      if (claimed.presentBytes() < claimed.askedBytes()) {
        return GROWING;
      }
      if (!isOwn(disk.totalBytes(), claimed)) {
        return SHARED;
      }
      return size(claimed) < VolumeFit.bytes(autogrow.maxSize()) ? GROWS : AT_MOST;
    }

    /** File systems are somewhat smaller than their volumes, small ones by much. */
    private static boolean isOwn(long totalBytes, Claimed claimed) {
      long present = claimed.presentBytes();
      return totalBytes >= present / 2 && totalBytes <= present / 4 * 5;
    }
  }

  /** Some volumes are larger than what was asked for; asking for less than that changes nothing. */
  private static long size(Claimed claimed) {
    return Math.max(claimed.askedBytes(), claimed.presentBytes());
  }

  private static long next(long bytes, int stepPercent) {
    long more = bytes + bytes / 100 * stepPercent + bytes % 100 * stepPercent / 100;
    long unit = bytes < LARGE ? MEBIBYTE : GIBIBYTE;
    return Math.ceilDiv(more, unit) * unit;
  }

  private static Quantity quantity(long bytes) {
    if (bytes % GIBIBYTE == 0) {
      return new Quantity(bytes / GIBIBYTE + "Gi");
    }
    return new Quantity(bytes % MEBIBYTE == 0 ? bytes / MEBIBYTE + "Mi" : String.valueOf(bytes));
  }
}

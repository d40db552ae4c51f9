package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which versions members may be brought to: at most one minor version up, because only neighbours
 * are known to work together; down as far as what is on the disks can be read.
 */
final class VersionSkew {
  private static final Pattern VERSION =
      Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})([-+].*)?");

  private VersionSkew() {}

  /** Major, minor and patch; what comes after them says nothing of what works together. */
  private record Version(int major, int minor, int patch) implements Comparable<Version> {
    static @Nullable Version parse(@Nullable String text) {
      if (text == null) {
        return null;
      }
      var match = VERSION.matcher(text);
      return match.matches()
          ? new Version(
              Integer.parseInt(match.group(1)),
              Integer.parseInt(match.group(2)),
              Integer.parseInt(match.group(3)))
          : null;
    }

    @Override
    public int compareTo(Version other) {
      if (major != other.major) {
        return Integer.compare(major, other.major);
      }
      return minor != other.minor
          ? Integer.compare(minor, other.minor)
          : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }
  }

  /** Whether the spec names an image that tells no version, so that nothing can be checked. */
  static boolean unknown(RaftClusterSpec spec) {
    return (spec.version() != null || spec.image() != null) && wanted(spec) == null;
  }

  /** Why members must not be brought to what the spec asks for; null if they may. */
  static @Nullable String refusal(RaftClusterSpec spec, ObservedCluster observed) {
    var wanted = wanted(spec);
    if (wanted == null || RollRule.outdated(observed).isEmpty()) {
      return null;
    }
    for (var member : observed.configured()) {
      var answer = member.answer();
      var running = answer == null ? null : Version.parse(answer.version());
      if (answer != null && running != null) {
        var why =
            wanted.compareTo(running) < 0
                ? down(member.name(), running, wanted, answer.dataReadableFrom())
                : up(member.name(), running, wanted);
        if (why != null) {
          return why;
        }
      }
    }
    return null;
  }

  private static @Nullable Version wanted(RaftClusterSpec spec) {
    var image = spec.image();
    return Version.parse(image == null ? spec.version() : image.tag());
  }

  private static @Nullable String up(String member, Version running, Version wanted) {
    if (wanted.major() == running.major()) {
      return wanted.minor() - running.minor() <= 1
          ? null
          : "version %s skips minor versions: %s runs %s, so go to %d.%d first"
              .formatted(wanted, member, running, running.major(), running.minor() + 1);
    }
    boolean next = wanted.major() == running.major() + 1 && wanted.minor() == 0;
    return next
        ? null
        : "version %s is too far from what %s runs, %s: go to %d.0 first"
            .formatted(wanted, member, running, running.major() + 1);
  }

  private static @Nullable String down(
      String member, Version running, Version wanted, String dataReadableFrom) {
    if (wanted.major() != running.major() || running.minor() - wanted.minor() > 1) {
      return "version %s is more than one minor version below what %s runs, %s: go down one at a time"
          .formatted(wanted, member, running);
    }
    var oldest = Version.parse(dataReadableFrom);
    if (oldest == null) {
      return "version %s is below what %s runs, %s, which does not say whether it could read the data: stay at %s"
          .formatted(wanted, member, running, running);
    }
    return wanted.compareTo(oldest) >= 0
        ? null
        : "version %s cannot read the data of %s, which %s and newer can: stay at %s or take one of those"
            .formatted(wanted, member, oldest, running);
  }
}

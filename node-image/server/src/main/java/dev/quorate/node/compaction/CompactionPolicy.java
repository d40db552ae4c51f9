package dev.quorate.node.compaction;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How much history the cluster keeps by itself. */
public sealed interface CompactionPolicy {
  /** All of it, until a client compacts. */
  record Off() implements CompactionPolicy {
    @Override
    public String toString() {
      return "off";
    }
  }

  /** What was written during the last while. */
  record Periodic(Duration period) implements CompactionPolicy {
    @Override
    public String toString() {
      return "periodic, " + period;
    }
  }

  /** The last so many revisions. */
  record Revisions(long retained) implements CompactionPolicy {
    @Override
    public String toString() {
      return "revision, " + retained;
    }
  }

  /** Below it the clock's grain would decide. */
  Duration SHORTEST_PERIOD = Duration.ofSeconds(1);

  /**
   * Reads the two flags as etcd does: a bare number is hours, or with the mode revision a number of
   * revisions; 0 means off.
   */
  static CompactionPolicy parse(String mode, String retention) throws ConfigException {
    return switch (mode) {
      case "periodic" -> periodic(retention);
      case "revision" -> revisions(retention);
      default ->
          throw new ConfigException(
              "--auto-compaction-mode: \"%s\" is neither periodic nor revision".formatted(mode));
    };
  }

  private static CompactionPolicy periodic(String retention) throws ConfigException {
    Long hours = wholeNumber(retention);
    // A number of hours is given in so many words, so that the bound of Go's durations holds.
    Duration period = GoDuration.parse(hours == null ? retention : hours + "h");
    if (period == null || period.isNegative()) {
      throw new ConfigException(
          "--auto-compaction-retention: \"%s\" is neither hours nor a duration like 5m or 24h"
              .formatted(retention));
    }
    if (period.isZero()) {
      return new Off();
    }
    if (period.compareTo(SHORTEST_PERIOD) < 0) {
      throw new ConfigException(
          "--auto-compaction-retention: %s is too short: set at least 1s, or 0 for none"
              .formatted(retention));
    }
    return new Periodic(period);
  }

  private static CompactionPolicy revisions(String retention) throws ConfigException {
    Long revisions = wholeNumber(retention);
    if (revisions == null) {
      throw new ConfigException(
          "--auto-compaction-retention: \"%s\" is not a number of revisions".formatted(retention));
    }
    return revisions == 0 ? new Off() : new Revisions(revisions);
  }

  private static @Nullable Long wholeNumber(String text) {
    return text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
  }
}

package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import java.time.Duration;

/**
 * When members are compared with each other.
 *
 * @param interval how often at the newest revision; zero means never
 * @param compactInterval how often at a compacted revision, if there is a new one; zero means never
 * @param initial whether a member that starts compares itself before it serves
 */
public record CheckConfig(Duration interval, Duration compactInterval, boolean initial) {
  static CheckConfig from(FlagValues given) throws ConfigException {
    boolean initial =
        given.gate("InitialCorruptCheck", given.isTrue("experimental-initial-corrupt-check"));
    boolean compact =
        given.gate("CompactHashCheck", given.isTrue("experimental-compact-hash-check-enabled"));
    Duration interval = given.duration("corrupt-check-time");
    if (interval.isNegative()) {
      throw new ConfigException("--corrupt-check-time: less than 0 is no time: set 0s for never");
    }
    Duration compactInterval = given.duration("compact-hash-check-time");
    if (!compactInterval.isPositive()) {
      throw new ConfigException("--compact-hash-check-time: it must be more than 0");
    }
    return new CheckConfig(interval, compact ? compactInterval : Duration.ZERO, initial);
  }
}

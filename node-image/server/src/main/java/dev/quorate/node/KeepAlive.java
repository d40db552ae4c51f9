package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import java.time.Duration;

/**
 * How silent connections of clients are looked after.
 *
 * @param minTime clients that ping more often are cut off
 * @param interval silence after which the client is pinged; zero: never
 */
record KeepAlive(Duration minTime, Duration interval, Duration timeout) {
  static KeepAlive from(FlagValues given) throws ConfigException {
    return new KeepAlive(
        notNegative(given, "grpc-keepalive-min-time"),
        notNegative(given, "grpc-keepalive-interval"),
        notNegative(given, "grpc-keepalive-timeout"));
  }

  private static Duration notNegative(FlagValues given, String flag) throws ConfigException {
    Duration duration = given.duration(flag);
    if (duration.isNegative()) {
      throw new ConfigException("--%s: %s is below 0".formatted(flag, given.text(flag)));
    }
    return duration;
  }

  /** As in etcd, one of the two being zero is enough. */
  boolean pings() {
    return !interval.isZero() && !timeout.isZero();
  }
}

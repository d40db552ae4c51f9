package dev.quorate.benchmark;

import java.time.Duration;

/**
 * What is sent. Every client has one request on its way at a time (closed loop), unless {@code
 * rate} is above 0: then requests start at that rate whatever the answers do (open loop), and an
 * answer's time counts from when its request should have started.
 *
 * @param rate requests per second of all clients together; 0: closed loop
 */
record Workload(
    int clients,
    int connections,
    int keyBytes,
    int valueBytes,
    int keys,
    RequestMix mix,
    int rate,
    Duration warmUp,
    Duration duration) {

  /** A few words for a table. */
  String title() {
    String pace = rate > 0 ? ", %d/s".formatted(rate) : "";
    return "%d client%s: %s%s"
        .formatted(clients, clients == 1 ? "" : "s", mix.title(valueBytes), pace);
  }
}

package dev.quorate.benchmark;

import java.time.Duration;

/**
 * What is sent. Every client has one request on its way at a time (closed loop), unless {@code
 * rate} is above 0: then requests start at that rate whatever the answers do (open loop), and an
 * answer's time counts from when its request should have started.
 *
 * @param readFraction of all requests, from 0 to 1
 * @param rate requests per second of all clients together; 0: closed loop
 */
record Workload(
    int clients,
    int connections,
    int keyBytes,
    int valueBytes,
    int keys,
    double readFraction,
    boolean serializable,
    int rate,
    Duration warmUp,
    Duration duration) {

  Workload with(int newClients, double newReadFraction, boolean newSerializable) {
    return new Workload(
        newClients,
        Math.min(connections, newClients),
        keyBytes,
        valueBytes,
        keys,
        newReadFraction,
        newSerializable,
        rate,
        warmUp,
        duration);
  }

  /** A few words for a table. */
  String title() {
    String kind = serializable ? "serializable reads" : "linearizable reads";
    String what =
        readFraction == 0
            ? "puts of %d bytes".formatted(valueBytes)
            : readFraction == 1
                ? kind
                : "%.0f %% %s, else puts".formatted(readFraction * 100, kind);
    String pace = rate > 0 ? ", %d/s".formatted(rate) : "";
    return "%d client%s: %s%s".formatted(clients, clients == 1 ? "" : "s", what, pace);
  }
}

package dev.quorate.operator.benchmark;

import java.time.Duration;

/**
 * What was seen of the operator during one part of a run.
 *
 * @param deepestQueue most clusters that waited for a thread, of some samples a second
 * @param mostHeapBytes of the same samples, with what is garbage already
 * @param passes how often a cluster was looked at
 * @param failures passes that threw
 * @param cpuSeconds of the operator alone
 */
record Phase(
    Duration time,
    ApiCalls calls,
    double medianMilliseconds,
    double p99Milliseconds,
    double deepestQueue,
    double mostHeapBytes,
    double passes,
    double failures,
    double cpuSeconds) {}

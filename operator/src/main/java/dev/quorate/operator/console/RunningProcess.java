package dev.quorate.operator.console;

import java.time.Instant;

/** A member's process, of those that run. */
public record RunningProcess(long pid, Instant startedAt) {}

package dev.quorate.operator.plan;

import java.time.Instant;

/**
 * A pod template that a member was updated to and that did not prove itself. It is remembered for
 * as long as the spec asks for it, so that it is not tried again.
 */
public record Rejection(String template, String member, String reason, Instant at) {}

package dev.quorate.operator.certificate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done next about one authority.
 *
 * @param step what to write now; null for nothing
 * @param waitingFor what must happen before the next step; empty if nothing is under way
 * @param lookAgain after how long something is due, if nothing happens before
 */
public record CertificatePlan(
    @Nullable CertificateStep step, String waitingFor, Duration lookAgain) {}

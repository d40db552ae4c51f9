package dev.quorate.operator.certificate;

import java.time.Duration;

/**
 * How it is about the certificates of a cluster.
 *
 * @param message for people; it says what to do where something is wrong
 * @param lookAgain after how long something is due, if nothing happens before
 */
public record CertificateReport(State state, String message, Duration lookAgain) {
  /** What there is to say, in one word. */
  public enum State {
    DISABLED,
    CURRENT,
    ROTATING,
    SECRET_MISSING,
    SECRET_INVALID,
    EXPIRED,
    /** The Secrets could not be read or written; the message says why. */
    UNKNOWN
  }

  /** The Secrets could not be read or written. */
  public static CertificateReport unknown(String why) {
    return new CertificateReport(State.UNKNOWN, why, Duration.ofMinutes(5));
  }

  /** Whether members could not start, or not work, with what there is. */
  public boolean isObstacle() {
    return switch (state) {
      case DISABLED, CURRENT, ROTATING -> false;
      case SECRET_MISSING, SECRET_INVALID, EXPIRED, UNKNOWN -> true;
    };
  }
}

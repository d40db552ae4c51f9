package dev.quorate.operator.plan;

/**
 * How a member's state compares with the leader's, as the leader tells.
 *
 * @param token which request of ours it answers
 * @param revision where both were looked at
 */
public record Comparison(long token, Outcome outcome, long revision) {
  /** What came out. */
  public enum Outcome {
    RUNNING,
    EQUAL,
    DIFFERENT,
    /** The two hash in different ways, so nothing can be said. */
    INCOMPARABLE,
    /** One of them did not answer; it may be asked again. */
    FAILED
  }
}

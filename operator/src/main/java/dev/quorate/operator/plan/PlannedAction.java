package dev.quorate.operator.plan;

/**
 * One action of a step, for people.
 *
 * @param action its kind, or what is waited for after one
 */
public record PlannedAction(String action, String member, State state) {
  /** Where it stands. */
  public enum State {
    DONE,
    NEXT,
    LATER
  }
}

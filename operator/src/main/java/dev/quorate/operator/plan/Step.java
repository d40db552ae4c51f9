package dev.quorate.operator.plan;

import java.time.Instant;

/**
 * What was begun and must be finished. It is in the status before its first action, and each of its
 * actions before that is taken.
 *
 * @param action the kind of the action taken last, or about to be taken; what a restarted operator
 *     must reckon with
 */
public record Step(
    Operation operation, String action, String member, String reason, Instant startedAt) {
  /** Kinds of steps. */
  public enum Operation {
    BOOTSTRAP("Bootstrap"),
    ADD_MEMBER("AddMember"),
    REMOVE_MEMBER("RemoveMember"),
    RESTART_MEMBER("RestartMember");

    private final String word;

    Operation(String word) {
      this.word = word;
    }

    /** The word in the status. */
    public String word() {
      return word;
    }
  }

  /** The action of an addition before anything was done. */
  public static final String BEGIN = "Begin";

  /** The action of an addition whose member has joined and catches up. */
  public static final String CATCH_UP = "CatchUp";

  public Step withAction(String next) {
    return new Step(operation, next, member, reason, startedAt);
  }
}

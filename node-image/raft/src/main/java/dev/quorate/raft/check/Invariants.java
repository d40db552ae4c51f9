package dev.quorate.raft.check;

import java.util.function.Supplier;

/** Checks that are always on: a broken one means a bug, and the process that meets it must halt. */
public final class Invariants {
  private Invariants() {}

  public static void check(boolean condition, String message) {
    if (!condition) {
      throw new InvariantViolation(message);
    }
  }

  /** The same with a message that is made only when the check fails. */
  public static void check(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new InvariantViolation(message.get());
    }
  }

  /** For a place that must not be reached: to be thrown. */
  public static InvariantViolation violation(String message) {
    return new InvariantViolation(message);
  }

  /** Something that cannot happen has happened; nobody but the runner of a loop catches it. */
  public static final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvariantViolation(String message) {
      super(message);
    }
  }
}

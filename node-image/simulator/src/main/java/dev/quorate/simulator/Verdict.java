package dev.quorate.simulator;

import dev.quorate.raft.check.Invariants;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was found wrong first. A check may run deep inside a node's own code, which would take the
 * exception for its own trouble: so the run looks here after every event.
 */
final class Verdict {
  private @Nullable RuntimeException wrong;

  void check(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw broken(Invariants.violation(message.get()));
    }
  }

  RuntimeException broken(Throwable found) {
    var failure =
        found instanceof RuntimeException known ? known : new IllegalStateException(found);
    if (wrong == null) {
      wrong = failure;
    }
    return failure;
  }

  /** For the end of a future, which would keep what is thrown to itself. */
  <T> BiConsumer<@Nullable T, @Nullable Throwable> guard(
      BiConsumer<@Nullable T, @Nullable Throwable> action) {
    return (result, failure) -> {
      try {
        action.accept(result, failure);
      } catch (RuntimeException e) {
        throw broken(e);
      }
    };
  }

  void throwIfWrong() {
    if (wrong != null) {
      throw wrong;
    }
  }
}

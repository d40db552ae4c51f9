package dev.quorate.operator.plan;

import org.jspecify.annotations.Nullable;

/** One piece of policy. */
@FunctionalInterface
interface Rule {
  /** The rule's plan, or null if the next rule shall be asked. */
  @Nullable Plan apply(Situation situation);
}

package dev.quorate.operator.secret;

import dev.quorate.operator.plan.Membership;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.RepairBudget;
import dev.quorate.operator.plan.Verdicts;
import java.util.List;
import java.util.TreeMap;

/** A cluster called demo of which there is no member yet. */
public final class UnseenCluster {
  private UnseenCluster() {}

  public static ObservedCluster demo() {
    return new ObservedCluster(
        "demo",
        null,
        1,
        new TreeMap<>(),
        new Membership.LastKnown(List.of()),
        null,
        null,
        new RepairBudget(List.of()),
        "any",
        Verdicts.NONE,
        0,
        null);
  }
}

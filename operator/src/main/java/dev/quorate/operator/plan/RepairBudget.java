package dev.quorate.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How much the operator may still do to a member within the hour. What did not help three times is
 * not the cure, and a fourth time might be the harm.
 *
 * @param done oldest first
 */
public record RepairBudget(List<Repair> done) {
  static final int RESTARTS_PER_HOUR = 3;

  private static final Duration WINDOW = Duration.ofHours(1);
  private static final String RESTART = Action.RestartMember.class.getSimpleName();

  public RepairBudget {
    done = List.copyOf(done);
  }

  boolean allowsRestart(String member, Instant now) {
    return restarts(member, now).size() < RESTARTS_PER_HOUR;
  }

  /** When the oldest of the restarts that used the budget up is an hour ago. */
  Instant nextRestart(String member, Instant now) {
    var restarts = restarts(member, now);
    return restarts.isEmpty() ? now : restarts.getFirst().at().plus(WINDOW);
  }

  private List<Repair> restarts(String member, Instant now) {
    return done.stream()
        .filter(repair -> repair.action().equals(RESTART) && repair.member().equals(member))
        .filter(repair -> recent(repair, now))
        .toList();
  }

  /** What is to be remembered once this plan is carried out. */
  public List<Repair> after(Plan plan, Instant now) {
    var repairs = new ArrayList<Repair>();
    done.stream().filter(repair -> recent(repair, now)).forEach(repairs::add);
    if (plan.action() instanceof Action.RestartMember restart && plan.failure() == null) {
      repairs.add(new Repair(RESTART, restart.member(), now));
    }
    return List.copyOf(repairs);
  }

  private static boolean recent(Repair repair, Instant now) {
    return now.isBefore(repair.at().plus(WINDOW));
  }
}

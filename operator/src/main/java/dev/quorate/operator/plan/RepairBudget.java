package dev.quorate.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much the operator may still do within the hour. What did not help a member three times is not
 * its cure, and a fourth time might be the harm; and where one member after the other is lost,
 * replacing them only spreads what takes them.
 *
 * @param done oldest first
 */
public record RepairBudget(List<Repair> done) {
  static final int RESTARTS_PER_HOUR = 3;

  private static final Duration WINDOW = Duration.ofHours(1);
  private static final String RESTART = Action.RestartMember.class.getSimpleName();
  private static final String REPLACEMENT = Step.Operation.REPLACE_MEMBER.word();

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
    return done(RESTART, now).stream().filter(repair -> repair.member().equals(member)).toList();
  }

  /** Whether the member may be replaced; one whose replacement was begun counts already. */
  boolean allowsReplacement(String member, int mostPerHour, Instant now) {
    var replaced = replacements(now);
    return replaced.size() < mostPerHour
        || replaced.stream().anyMatch(repair -> repair.member().equals(member));
  }

  /** When so few are left of the last hour that there may be another one. */
  Instant nextReplacement(int mostPerHour, Instant now) {
    var replaced = replacements(now);
    return replaced.size() < mostPerHour
        ? now
        : replaced.get(replaced.size() - mostPerHour).at().plus(WINDOW);
  }

  List<Repair> replacements(Instant now) {
    return done(REPLACEMENT, now);
  }

  private List<Repair> done(String action, Instant now) {
    return done.stream()
        .filter(repair -> repair.action().equals(action) && recent(repair, now))
        .toList();
  }

  /** What is to be remembered once this plan is carried out. */
  public List<Repair> after(Plan plan, Instant now) {
    var repairs = new ArrayList<Repair>();
    done.stream().filter(repair -> recent(repair, now)).forEach(repairs::add);
    if (plan.action() instanceof Action.RestartMember restart && plan.failure() == null) {
      repairs.add(new Repair(RESTART, restart.member(), now));
    }
    var replaced = replaced(plan);
    if (replaced != null
        && replacements(now).stream().noneMatch(repair -> repair.member().equals(replaced))) {
      repairs.add(new Repair(REPLACEMENT, replaced, now));
    }
    return List.copyOf(repairs);
  }

  /** The member that this plan begins, or goes on, to replace; null if it replaces none. */
  private static @Nullable String replaced(Plan plan) {
    var step = plan.step();
    return step != null
            && step.operation() == Step.Operation.REPLACE_MEMBER
            && plan.action() != null
        ? step.member()
        : null;
  }

  private static boolean recent(Repair repair, Instant now) {
    return now.isBefore(repair.at().plus(WINDOW));
  }
}

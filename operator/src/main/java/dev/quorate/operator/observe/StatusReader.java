package dev.quorate.operator.observe;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.Failure;
import dev.quorate.operator.plan.MemberNaming;
import dev.quorate.operator.plan.RaftMember;
import dev.quorate.operator.plan.Rejection;
import dev.quorate.operator.plan.Repair;
import dev.quorate.operator.plan.RepairBudget;
import dev.quorate.operator.plan.Step;
import dev.quorate.operator.plan.Verdicts;
import dev.quorate.operator.platform.TemplateChange;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the operator wrote into the status earlier; what makes no sense counts as absent. */
final class StatusReader {
  private static final int HEXADECIMAL = 16;

  private StatusReader() {}

  static @Nullable Long clusterId(RaftClusterStatus status) {
    return identifier(status.clusterId());
  }

  static @Nullable Step step(RaftClusterStatus status) {
    var step = status.step();
    if (step == null) {
      return null;
    }
    var started = instant(step.startedAt());
    return Arrays.stream(Step.Operation.values())
        .filter(operation -> operation.word().equals(step.operation()))
        .map(
            operation ->
                new Step(
                    operation,
                    step.action(),
                    step.member(),
                    step.reason(),
                    started == null ? Instant.EPOCH : started,
                    step.template() == null
                        ? null
                        : new TemplateChange(step.previous(), step.template()),
                    step.replaces()))
        .findFirst()
        .orElse(null);
  }

  static @Nullable Failure failure(RaftClusterStatus status) {
    var failure = status.failure();
    var since = failure == null ? null : instant(failure.since());
    return failure == null || since == null
        ? null
        : new Failure(failure.action(), failure.member(), failure.message(), since);
  }

  static Verdicts verdicts(RaftClusterStatus status) {
    var updates = status.updates();
    if (updates == null) {
      return Verdicts.NONE;
    }
    var rejected = updates.rejected();
    var at = rejected == null ? null : instant(rejected.at());
    return new Verdicts(
        updates.proven(),
        updates.before(),
        rejected == null || at == null
            ? null
            : new Rejection(rejected.template(), rejected.member(), rejected.reason(), at));
  }

  static RepairBudget repairs(RaftClusterStatus status) {
    var done = new ArrayList<Repair>();
    for (var repair : status.repairs()) {
      var at = instant(repair.at());
      if (at != null) {
        done.add(new Repair(repair.action(), repair.member(), at));
      }
    }
    return new RepairBudget(done);
  }

  static @Nullable Instant unhealthySince(MemberStatus member) {
    return "Healthy".equals(member.health()) || "Asleep".equals(member.health())
        ? null
        : instant(member.since());
  }

  static @Nullable Instant unreachableSince(MemberStatus member) {
    return instant(member.unreachableSince());
  }

  /** Members that had a place in the configuration when there was somebody to ask. */
  static List<RaftMember> lastMembers(RaftClusterStatus status) {
    return status.members().stream()
        .filter(member -> identifier(member.id()) != null)
        .map(StatusReader::lastMember)
        .toList();
  }

  private static RaftMember lastMember(MemberStatus member) {
    var id = identifier(member.id());
    return new RaftMember(
        id == null ? 0 : id,
        member.name(),
        member.peerUrl() == null ? List.of() : List.of(member.peerUrl()),
        "Learner".equals(member.role()),
        false,
        false,
        false,
        0);
  }

  static int nextOrdinal(String cluster, Collection<String> members, RaftClusterStatus status) {
    int next = status.nextOrdinal() == null ? 0 : status.nextOrdinal();
    for (var member : members) {
      next = Math.max(next, MemberNaming.ordinalIn(cluster, member) + 1);
    }
    var step = status.step();
    return step == null ? next : Math.max(next, MemberNaming.ordinalIn(cluster, step.member()) + 1);
  }

  private static @Nullable Long identifier(@Nullable String text) {
    try {
      return text == null ? null : Long.parseUnsignedLong(text, HEXADECIMAL);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException _) {
      return null;
    }
  }
}

package dev.quorate.operator.status;

import dev.quorate.crds.Condition;
import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.plan.Action;
import dev.quorate.operator.platform.ClusterEvent;
import dev.quorate.operator.platform.ClusterEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the transitions worth telling between two statuses. */
public final class EventFactory {
  private static final Set<String> HIBERNATION = Set.of("Hibernating", "Hibernated");

  private EventFactory() {}

  public static List<ClusterEvent> transitions(RaftClusterStatus before, RaftClusterStatus after) {
    var events = new ArrayList<ClusterEvent>();
    var step = after.step();
    var known = before.step();
    boolean begun =
        step != null
            && (known == null
                || !known.member().equals(step.member())
                || !known.operation().equals(step.operation()));
    if (step != null && begun) {
      events.add(
          new ClusterEvent(
              Kind.NORMAL,
              step.operation() + "Started",
              step.operation(),
              step.member() + ": " + step.reason()));
    }
    hibernation(before, after, events);
    members(before, after, events);
    if (after.leader() != null && !after.leader().equals(before.leader())) {
      events.add(
          new ClusterEvent(Kind.NORMAL, "LeaderChanged", "Observe", after.leader() + " leads"));
    }
    condition(
        before, after, "SpecValid", Condition.Status.FALSE, "InvalidSpec", Kind.WARNING, events);
    condition(before, after, "Ready", Condition.Status.TRUE, "ClusterReady", Kind.NORMAL, events);
    condition(
        before,
        after,
        "CertificatesValid",
        Condition.Status.TRUE,
        "CertificatesValid",
        Kind.NORMAL,
        events);
    for (var alarm : List.of("QuorumLost", "Blocked")) {
      if (alarm.equals(after.summary()) && !alarm.equals(before.summary())) {
        var plan = after.plan();
        events.add(
            new ClusterEvent(Kind.WARNING, alarm, "Observe", plan == null ? "" : plan.summary()));
      }
    }
    return List.copyOf(events);
  }

  private static void hibernation(
      RaftClusterStatus before, RaftClusterStatus after, List<ClusterEvent> events) {
    var now = String.valueOf(after.summary());
    var then = String.valueOf(before.summary());
    if (now.equals(then)) {
      return;
    }
    if (now.equals("Hibernated") || now.equals("Hibernating")) {
      var told =
          now.equals("Hibernated")
              ? "no member runs; their volumes are kept"
              : "spec.hibernated is true, so all members are stopped";
      events.add(new ClusterEvent(Kind.NORMAL, now, "StopMember", told));
    } else if (now.equals("Starting") && HIBERNATION.contains(then)) {
      events.add(
          new ClusterEvent(
              Kind.NORMAL, "Waking", "CreateMember", "members are started on their volumes"));
    }
  }

  /** An action that did not succeed. */
  public static ClusterEvent failed(Action action, String why) {
    return new ClusterEvent(
        Kind.WARNING, "ActionFailed", action.kind(), action.member() + ": " + why);
  }

  private static void members(
      RaftClusterStatus before, RaftClusterStatus after, List<ClusterEvent> events) {
    // Without a leader nobody knows who is a member.
    if (after.replicas() == null || before.replicas() == null) {
      return;
    }
    var old = identified(before);
    var now = identified(after);
    for (var name : now) {
      if (!old.contains(name)) {
        events.add(
            new ClusterEvent(Kind.NORMAL, "MemberAdded", "AddMember", name + " is a member"));
      }
    }
    for (var name : old) {
      if (!now.contains(name)) {
        events.add(
            new ClusterEvent(
                Kind.NORMAL, "MemberRemoved", "RemoveMember", name + " is no member any more"));
      }
    }
    for (var member : after.members()) {
      var known = before.member(member.name());
      boolean was = known != null && "Lost".equals(known.health());
      if ("Lost".equals(member.health()) && !was) {
        events.add(
            new ClusterEvent(
                Kind.WARNING, "MemberLost", "Observe", member.name() + ": " + member.message()));
      }
    }
  }

  private static Set<String> identified(RaftClusterStatus status) {
    return status.members().stream()
        .filter(member -> member.id() != null)
        .map(MemberStatus::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void condition(
      RaftClusterStatus before,
      RaftClusterStatus after,
      String type,
      Condition.Status status,
      String reason,
      Kind kind,
      List<ClusterEvent> events) {
    boolean was = before.conditions().stream().anyMatch(c -> is(c, type, status));
    after.conditions().stream()
        .filter(c -> is(c, type, status) && !was)
        .forEach(
            c ->
                events.add(
                    new ClusterEvent(
                        kind, reason, "Observe", Objects.requireNonNull(c).message())));
  }

  private static boolean is(Condition condition, String type, Condition.Status status) {
    return condition.type().equals(type) && condition.status() == status;
  }
}

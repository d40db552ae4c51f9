package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who goes when a cluster of five becomes smaller. */
class VictimTest {
  private final List<ClusterMember> voters =
      new ArrayList<>(World.steady(5, 5, 0, 0).observe().voters());

  private final List<String> misplaced = new ArrayList<>();

  private String victim() {
    return Victim.among(voters, member -> misplaced.contains(member.name())).name();
  }

  @Test
  void theNewestIfAllAreAlikeAndItDoesNotLead() {
    assertThat(victim()).isEqualTo("demo-4");
    leader(4);
    assertThat(victim()).isEqualTo("demo-3");
  }

  @Test
  void oneOfTheZoneWithTheMost() {
    place("a", "a", "b", "c", "c");
    assertThat(victim()).isEqualTo("demo-4");
    place("a", "a", "a", "b", "c");
    assertThat(victim()).isEqualTo("demo-2");
    leader(2);
    assertThat(victim()).isEqualTo("demo-1");
  }

  @Test
  void whereTheZoneIsUnknownNobodyIsCrowded() {
    place("a", null, "b", "c", "c");
    leader(4);
    assertThat(victim()).isEqualTo("demo-3");
  }

  @Test
  void oneWhoseVolumeIsNotAsWantedAndOfThoseTheLeaderLast() {
    place("a", "b", "c", "c", "c");
    leader(0);
    misplaced.addAll(List.of("demo-0", "demo-1"));
    assertThat(victim()).isEqualTo("demo-1");
    misplaced.remove("demo-1");
    assertThat(victim()).isEqualTo("demo-0");
  }

  @Test
  void oneThatIsUnhealthyBeforeAllElse() {
    place("a", "b", "c", "c", "c");
    misplaced.add("demo-1");
    voters.set(0, unhealthy(voters.getFirst()));
    assertThat(victim()).isEqualTo("demo-0");
  }

  /** It serves until then, and others would serve no more than before without it. */
  @Test
  void oneThatServesNobodyBeforeOneWhoseMachineIsAboutToBeEmptied() {
    place(null, "b", "c", "c", "c");
    voters.set(0, unhealthy(voters.getFirst()));
    voters.set(3, leaving(voters.get(3)));
    assertThat(victim()).isEqualTo("demo-0");
    voters.removeFirst();
    assertThat(victim()).isEqualTo("demo-3");
  }

  private static ClusterMember unhealthy(ClusterMember member) {
    return new ClusterMember(
        member.platform(),
        new NodeReport.Unreachable("no connection to it"),
        member.raft(),
        member.leads(),
        member.joining(),
        World.LONG_AGO);
  }

  private static ClusterMember leaving(ClusterMember member) {
    return on(
        new Machine("worker-9", member.platform().machine().zone(), MachineState.LEAVING), member);
  }

  private static ClusterMember on(Machine machine, ClusterMember member) {
    var seen = member.platform();
    return member.with(
        new ObservedMember(
            seen.name(),
            seen.address(),
            seen.process(),
            seen.template(),
            seen.ready(),
            seen.volume(),
            seen.volumeFit(),
            machine,
            seen.detail()));
  }

  private void leader(int number) {
    voters.replaceAll(
        member ->
            new ClusterMember(
                member.platform(),
                member.node(),
                member.raft(),
                member.name().equals("demo-" + number),
                member.joining(),
                member.unhealthySince()));
  }

  private void place(@Nullable String... zones) {
    for (int i = 0; i < zones.length; i++) {
      voters.set(i, on(new Machine("worker-" + i, zones[i], MachineState.READY), voters.get(i)));
    }
  }
}

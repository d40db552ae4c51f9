package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.NodeReport.Fault;
import dev.quorate.operator.plan.NodeReport.Role;
import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.VolumeFit;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A cluster of one without a leader: what is said of its only member. */
class MajorityTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final NodeReport SILENT = new NodeReport.Unreachable("connection refused");

  @Test
  void waitsForAMemberThatOpensItsData() {
    assertThat(purpose(ProcessState.RUNNING, saying(State.UNKNOWN, Fault.NONE), Duration.ZERO))
        .isEqualTo(Purpose.START);
    var halfAnHour = Duration.ofMinutes(30);
    assertThat(purpose(ProcessState.RUNNING, saying(State.UNKNOWN, Fault.NONE), LONG))
        .isEqualTo(Purpose.START);
    assertThat(purpose(ProcessState.RUNNING, saying(State.UNKNOWN, Fault.NONE), halfAnHour))
        .isEqualTo(Purpose.QUORUM_LOST);
    assertThat(purpose(ProcessState.RUNNING, saying(State.PAUSED, Fault.NONE), Duration.ZERO))
        .as("it is done with that")
        .isEqualTo(Purpose.QUORUM_LOST);
  }

  @Test
  void waitsForAMemberThatEndsToStartAgain() {
    assertThat(purpose(ProcessState.STOPPING, SILENT, Duration.ZERO)).isEqualTo(Purpose.START);
    assertThat(purpose(ProcessState.STOPPING, saying(State.TERMINATED, Fault.NONE), Duration.ZERO))
        .isEqualTo(Purpose.START);
  }

  @Test
  void callsLostWhatIsNotStartedForTwoMinutes() {
    for (var process : List.of(ProcessState.STOPPING, ProcessState.STARTING)) {
      assertThat(purpose(process, SILENT, LONG.minusSeconds(1))).isEqualTo(Purpose.START);
      assertThat(purpose(process, SILENT, LONG)).isEqualTo(Purpose.QUORUM_LOST);
    }
  }

  @Test
  void callsLostAtOnceWhatSaysThatItsDataIs() {
    assertThat(purpose(ProcessState.RUNNING, saying(State.UNKNOWN, Fault.DATA_LOST), Duration.ZERO))
        .isEqualTo(Purpose.QUORUM_LOST);
  }

  private static Purpose purpose(ProcessState process, NodeReport report, Duration unhealthy) {
    var world = World.steady(1, 1, 0, 0);
    var seen = world.observe();
    var known = Objects.requireNonNull(seen.member("demo-0"));
    var platform =
        new ObservedMember(
            "demo-0",
            known.platform().address(),
            process,
            new Template("t0", "t0"),
            false,
            VolumeState.PRESENT,
            VolumeFit.AS_WANTED,
            Machine.NONE,
            "");
    var since = World.NOW.minus(unhealthy);
    var raft = Objects.requireNonNull(known.raft());
    var members = new TreeMap<>(seen.members());
    members.put("demo-0", new ClusterMember(platform, report, raft, false, false, since));
    var observed =
        new ObservedCluster(
            seen.name(),
            seen.clusterId(),
            seen.proposedClusterId(),
            members,
            new Membership.LastKnown(seen.membership().members()),
            seen.step(),
            seen.failure(),
            seen.repairs(),
            seen.wantedTemplate(),
            seen.verdicts(),
            seen.nextOrdinal(),
            null,
            false);
    return ClusterPlanner.plan(world.spec(), observed, World.NOW).purpose();
  }

  private static NodeReport saying(State state, Fault fault) {
    return new NodeReport.Reachable(
        state, fault, "", "0.1.0", 0, 0, Role.NONE, 0, 0, 0, 0, "", CertificatesInUse.NONE);
  }
}

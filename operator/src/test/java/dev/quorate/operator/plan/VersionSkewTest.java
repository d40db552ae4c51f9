package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.ImageSpec;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Plan.Purpose;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions three members of 1.4.2, whose data 1.3.0 can read, are brought to. */
class VersionSkewTest {
  private static final String DIGEST = "sha256:" + "0".repeat(64);

  @ParameterizedTest
  @CsvSource({
    "1.4.2",
    "1.4.9",
    "1.4.0",
    "1.5.0",
    "1.5.7-rc1",
    "1.3.0",
    "2.0.3",
    "v1.5.0",
    "latest"
  })
  void takes(String version) {
    assertThat(VersionSkew.refusal(spec(version, null), members("1.4.2", "1.3.0"))).isNull();
    assertThat(plan(spec(version, null), members("1.4.2", "1.3.0")).action())
        .isInstanceOf(Action.UpdateMember.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1.6.0, 1.3.0, 'version 1.6.0 skips minor versions: demo-0 runs 1.4.2, so go to 1.5 first'",
    "2.1.0, 1.3.0, 'version 2.1.0 is too far from what demo-0 runs, 1.4.2: go to 2.0 first'",
    "3.0.0, 1.3.0, 'go to 2.0 first'",
    "1.2.0, 1.0.0, 'more than one minor version below what demo-0 runs, 1.4.2: go down one at a time'",
    "0.9.0, 0.1.0, 'more than one minor version below'",
    "1.3.0, 1.4.0, 'version 1.3.0 cannot read the data of demo-0, which 1.4.0 and newer can'",
    "1.4.1, 1.4.2, 'cannot read the data of demo-0'",
    "1.4.1, '', 'does not say whether it could read the data: stay at 1.4.2'"
  })
  void refuses(String version, String readableFrom, String why) {
    var seen = members("1.4.2", readableFrom);
    assertThat(VersionSkew.refusal(spec(version, null), seen)).contains(why);
    var plan = plan(spec(version, null), seen);
    assertThat(plan.purpose()).isEqualTo(Purpose.BLOCKED);
    assertThat(plan.summary()).startsWith("Blocked: ").contains(why);
    assertThat(plan.action()).isNull();
  }

  @Test
  void theTagOfAnImageIsItsVersionAndADigestIsNone() {
    var seen = members("1.4.2", "1.3.0");
    var tagged = new ImageSpec("mine", "1.6.0", null, null, List.of());
    assertThat(VersionSkew.refusal(spec(null, tagged), seen)).contains("skips minor versions");
    var digest = new ImageSpec("mine", null, DIGEST, null, List.of());
    assertThat(VersionSkew.refusal(spec(null, digest), seen)).isNull();
    assertThat(plan(spec(null, digest), seen).summary())
        .contains("the image tells no version, so whether the two work together is not checked");
  }

  @Test
  void whereMembersHaveItAlreadyNothingIsRefused() {
    var seen = World.steady(3, 3, 0, 0).observe();
    assertThat(VersionSkew.refusal(spec("9.9.9", null), seen)).isNull();
  }

  private static Plan plan(RaftClusterSpec spec, ObservedCluster seen) {
    return ClusterPlanner.plan(spec, seen, World.NOW);
  }

  private static RaftClusterSpec spec(@Nullable String version, @Nullable ImageSpec image) {
    var plain = World.steady(3, 3, 0, 0).spec();
    return new RaftClusterSpec(
        3,
        version,
        image,
        plain.storage(),
        null,
        plain.raft(),
        plain.deletionPolicy(),
        null,
        plain.updates(),
        plain.repair(),
        false,
        false,
        plain.tls());
  }

  private static ObservedCluster members(String version, String readableFrom) {
    var seen = World.steady(3, 3, 0, 0).with(new World.Wish(3, 1)).observe();
    var members = new TreeMap<String, ClusterMember>();
    for (var member : seen.all()) {
      var answer = Objects.requireNonNull(member.answer());
      var report =
          new NodeReport.Reachable(
              answer.state(),
              answer.fault(),
              "",
              version,
              answer.clusterId(),
              answer.memberId(),
              answer.role(),
              answer.leaderId(),
              answer.term(),
              answer.appliedIndex(),
              answer.databaseBytes(),
              readableFrom,
              answer.certificates());
      members.put(
          member.name(),
          new ClusterMember(
              member.platform(), report, member.raft(), member.leads(), member.joining(), null));
    }
    return new ObservedCluster(
        seen.name(),
        seen.clusterId(),
        seen.proposedClusterId(),
        members,
        seen.membership(),
        seen.step(),
        seen.failure(),
        seen.repairs(),
        seen.wantedTemplate(),
        seen.verdicts(),
        seen.nextOrdinal(),
        seen.podSelector());
  }
}

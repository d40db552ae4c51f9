package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.replication.ReplicaStatus;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FenceTest {
  private static final long SELF = 7;
  private static final long OTHER = 8;

  private final NodeLife life = new NodeLife();
  private final Fence fence = new Fence(life);
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void run() {
    life.running();
  }

  @Test
  void clientsAreRefusedWhileTheMembersOwnAlarmIsRaised() {
    follow(status(List.of(), AlarmType.CORRUPT, OTHER));
    follow(status(List.of(), AlarmType.NOSPACE, SELF));
    assertThat(told).as("alarms that are not its own").isEmpty();
    follow(status(List.of(), AlarmType.CORRUPT, SELF));
    follow(status(List.of(), AlarmType.CORRUPT, SELF));
    assertThat(told).containsExactly("refuse");
    assertThat(life.now().state()).isEqualTo(NodeState.PAUSED);
    assertThat(life.now().reason()).contains("member 7 holds something else");
    follow(status(List.of(), AlarmType.NONE, SELF));
    assertThat(told).containsExactly("refuse", "serve");
    assertThat(life.now().state()).isEqualTo(NodeState.RUNNING);
  }

  @Test
  void aRemovedMemberServesNobodyAnyMoreWhateverItsAlarms() {
    follow(status(List.of(SELF), AlarmType.NONE, SELF));
    assertThat(told).containsExactly("refuse");
    follow(status(List.of(SELF), AlarmType.CORRUPT, SELF));
    follow(status(List.of(SELF), AlarmType.NONE, SELF));
    assertThat(told).doesNotContain("serve");
  }

  @Test
  void whatIsClosedForGoodStaysClosed() {
    assertThat(fence.closeForGood()).isTrue();
    assertThat(fence.closeForGood()).isFalse();
    follow(status(List.of(), AlarmType.CORRUPT, SELF));
    follow(status(List.of(), AlarmType.NONE, SELF));
    assertThat(told).isEmpty();
  }

  private void follow(ReplicaStatus status) {
    fence.follow(() -> status, () -> told.add("refuse"), () -> told.add("serve"));
  }

  private static ReplicaStatus status(List<Long> removed, AlarmType alarm, long of) {
    var alarms =
        alarm == AlarmType.NONE
            ? List.<AlarmMember>of()
            : List.of(AlarmMember.newBuilder().setMemberID(of).setAlarm(alarm).build());
    var members = new MemberTable(new TreeMap<>(), new TreeSet<>(removed), 1, 0, alarms);
    var raft =
        new RaftStatus(
            SELF,
            RoleName.FOLLOWER,
            1,
            OTHER,
            1,
            1,
            new EntryId(1, 1),
            Configuration.ofVoters(List.of(SELF, OTHER)),
            false,
            0,
            10,
            false,
            List.of());
    return new ReplicaStatus(raft, members, false);
  }
}

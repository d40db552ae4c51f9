package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static dev.quorate.e2e.jetcd.Jetcd.refusal;
import static dev.quorate.e2e.jetcd.Jetcd.url;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ServerProcess;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** jetcd's Cluster and Maintenance: members, their state, leadership, snapshots, alarms. */
@ExtendWith(ThreeNodes.class)
final class MembersIT {
  private static final int CHECKSUM_BYTES = 32;
  private static final int SNAPSHOT_ALIGNMENT_BYTES = 512;

  private final ProcessCluster cluster;
  private final Client client;

  MembersIT(ProcessCluster cluster) {
    this.cluster = cluster;
    client = Jetcd.builder(cluster.nodes()).build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private List<Member> members() {
    return get(client.getClusterClient().listMember()).getMembers();
  }

  private StatusResponse status(ServerProcess node) {
    return get(client.getMaintenanceClient().statusMember(url(node)));
  }

  @Test
  void membersAreListed() {
    assertThat(members())
        .hasSize(3)
        .allMatch(member -> !member.isLearner() && member.getPeerURIs().size() == 1);
    assertThat(members())
        .extracting(member -> member.getClientURIs().getFirst().toString())
        .containsExactlyInAnyOrderElementsOf(cluster.nodes().stream().map(Jetcd::url).toList());
  }

  @Test
  void aLearnerIsAddedMovedAndRemoved() {
    var clusterClient = client.getClusterClient();
    var added = get(clusterClient.addMember(List.of(URI.create("http://127.0.0.1:1")), true));
    long id = added.getMember().getId();
    try {
      assertThat(added.getMember().isLearner()).isTrue();
      assertThat(added.getMembers()).hasSize(4);
      var updated = get(clusterClient.updateMember(id, List.of(URI.create("http://127.0.0.1:2"))));
      assertThat(updated.getMembers())
          .filteredOn(member -> member.getId() == id)
          .singleElement()
          .satisfies(
              member -> {
                assertThat(member.getPeerURIs()).containsExactly(URI.create("http://127.0.0.1:2"));
                assertThat(member.isLearner()).isTrue();
              });
    } finally {
      assertThat(get(clusterClient.removeMember(id)).getMembers()).hasSize(3);
    }
    assertThat(refusal(clusterClient.removeMember(id)))
        .isEqualTo("NOT_FOUND: etcdserver: member not found");
    var known = cluster.nodes().getFirst().initialMember().split("=", 2)[1];
    assertThat(refusal(clusterClient.addMember(List.of(URI.create(known)))))
        .isEqualTo("FAILED_PRECONDITION: etcdserver: Peer URLs already exists");
  }

  @Test
  void everyMemberTellsItsState() {
    var leaders = new HashSet<Long>();
    for (var node : cluster.nodes()) {
      var status = status(node);
      leaders.add(status.getLeader());
      assertThat(status.getVersion()).matches("3\\.\\d+\\.\\d+");
      assertThat(status.getDbSize()).isPositive();
      assertThat(status.getRaftIndex()).isPositive();
      assertThat(status.getRaftTerm()).isPositive();
    }
    assertThat(leaders).hasSize(1).isSubsetOf(members().stream().map(Member::getId).toList());
  }

  @Test
  void membersHaveTheSameHashAtARevision() {
    long revision =
        get(client.getKVClient().put(bytes("hash"), bytes("1"))).getHeader().getRevision();
    var hashes = new HashSet<Integer>();
    for (var node : cluster.nodes()) {
      cluster.awaitCaughtUp(node);
      var answer = get(client.getMaintenanceClient().hashKV(url(node), revision));
      hashes.add(answer.getHash());
      assertThat(answer.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
    }
    assertThat(hashes).hasSize(1);
  }

  @Test
  void leadershipMovesToTheMemberThatIsNamed() {
    var leader = cluster.leader();
    var next = cluster.nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
    long id = status(next).getHeader().getMemberId();
    try (var ofLeader = Jetcd.builder(List.of(leader)).build();
        var ofOther = Jetcd.builder(List.of(next)).build()) {
      assertThat(refusal(ofOther.getMaintenanceClient().moveLeader(id)))
          .isEqualTo("FAILED_PRECONDITION: etcdserver: not leader");
      get(ofLeader.getMaintenanceClient().moveLeader(id));
    }
    assertThat(status(next).getLeader()).isEqualTo(id);
  }

  @Test
  void aSnapshotHasItsChecksumAtTheEnd() throws Exception {
    get(client.getKVClient().put(bytes("snapshot"), bytes("1")));
    var file = new ByteArrayOutputStream();
    long size = get(client.getMaintenanceClient().snapshot(file));
    assertThat(size).isEqualTo(file.size());
    assertThat(size % SNAPSHOT_ALIGNMENT_BYTES).isEqualTo(CHECKSUM_BYTES);
    var all = file.toByteArray();
    var digest = java.security.MessageDigest.getInstance("SHA-256");
    digest.update(all, 0, all.length - CHECKSUM_BYTES);
    assertThat(digest.digest())
        .isEqualTo(java.util.Arrays.copyOfRange(all, all.length - CHECKSUM_BYTES, all.length));
  }

  @Test
  void thereAreNoAlarmsAndNothingToDefragment() {
    var maintenance = client.getMaintenanceClient();
    assertThat(get(maintenance.listAlarms()).getAlarms()).isEmpty();
    var unknown =
        new io.etcd.jetcd.maintenance.AlarmMember(
            members().getFirst().getId(), io.etcd.jetcd.maintenance.AlarmType.NOSPACE);
    assertThat(get(maintenance.alarmDisarm(unknown)).getAlarms()).isEmpty();
    var answers = new ArrayList<Object>();
    for (var node : cluster.nodes()) {
      answers.add(get(maintenance.defragmentMember(url(node))));
    }
    assertThat(answers).hasSize(3).doesNotContainNull();
  }
}

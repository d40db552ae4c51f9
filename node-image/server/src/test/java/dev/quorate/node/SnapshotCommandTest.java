package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.kv.Restoration;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.storage.ArchivedSnapshot;
import dev.quorate.node.storage.StorageException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of whole nodes, kept in files and made the beginning of new clusters. */
final class SnapshotCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void aSnapshotOfOneMemberBecomesAClusterOfThree() throws Exception {
    var snapshot = snapshot();
    assertThat(run(SnapshotCommand.STATUS, snapshot.toString())).contains("revision 101", " old");
    for (String name : List.of("a", "b", "c")) {
      nodes.add(new TestNode(name, directory.resolve(name)));
    }
    String cluster =
        nodes.stream()
            .map(node -> node.directory().getFileName() + "=" + node.peerUrl())
            .collect(Collectors.joining(","));
    for (var node : nodes) {
      assertThat(restore(node, cluster, snapshot, "--bump-revision=1000", "--mark-compacted"))
          .contains("restored revision 101");
      node.start("--initial-cluster=" + cluster);
    }
    var first = nodes.getFirst();
    await().atMost(PATIENCE).until(() -> first.status().getLeaderId() != 0);
    var all = RangeRequest.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l"));
    var found = first.kv().range(all.build());
    assertThat(found.getCount()).isEqualTo(100);
    assertThat(found.getHeader().getRevision()).isEqualTo(1101);
    assertThat(first.kv().put(put("k7")).getHeader().getRevision()).isEqualTo(1102);
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> first.kv().range(all.setRevision(101).build()))
        .withMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
    assertThat(first.cluster().memberList(MemberListRequest.getDefaultInstance()).getMembersList())
        .extracting(Member::getName)
        .containsExactlyInAnyOrder("a", "b", "c");
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.stream().map(SnapshotCommandTest::hash).distinct().count() == 1);
  }

  @Test
  void refusesWhatItCannotUseAndLeavesNothing() throws Exception {
    var snapshot = snapshot();
    var target = directory.resolve("new");
    String data = "--data-dir=" + target;
    byte[] whole = Files.readAllBytes(snapshot);

    var damaged = whole.clone();
    damaged[damaged.length / 2]++;
    Files.write(snapshot, damaged);
    refused("it does not match the digest at its end", data, snapshot.toString());
    refused("does not match its checksum", data, "--skip-hash-check", snapshot.toString());
    Files.write(snapshot, Arrays.copyOf(whole, whole.length - 32));
    refused("there is no digest at its end", data, snapshot.toString());
    Files.write(snapshot, Arrays.copyOf(whole, 512));
    refused("it ends too early", data, "--skip-hash-check", snapshot.toString());
    Files.writeString(snapshot, "a bbolt file begins otherwise");
    refused("is not a snapshot of Quorate", data, snapshot.toString());
    refused("there is no file", data, directory.resolve("nowhere").toString());
    try (var left = Files.list(target)) {
      assertThat(left).isEmpty();
    }

    Files.write(snapshot, whole);
    refused("is not empty", "--data-dir=" + directory, snapshot.toString());
    misused("unknown flag --data", "--data=x", snapshot.toString());
    misused("name one file", data);
    misused("go together", data, "--mark-compacted", snapshot.toString());
    misused("is not a number", data, "--bump-revision=-1", snapshot.toString());
    misused("is not in", data, "--initial-cluster=x=http://localhost:1", snapshot.toString());
  }

  /** It was empty when it was looked at: two restores began at the same moment. */
  @Test
  void leavesADirectoryAloneThatSomebodyElseTookMeanwhile() throws Exception {
    var snapshot = ArchivedSnapshot.open(snapshot(), true);
    var restoration = new Restoration(List.of(), 0, false);
    var member = new SnapshotCommand.NamedMember("new", new NodeIdentity(1, 2));
    var target = directory.resolve("new");
    var first = MemberData.open(target, _ -> {});
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> SnapshotCommand.unpack(snapshot, target, member, restoration))
        .withMessageContaining("is in use by process");
    first.restore(member.identity(), member.name(), snapshot, restoration);
    first.close();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> SnapshotCommand.unpack(snapshot, target, member, restoration))
        .withMessageContaining("belongs to member 2 of cluster 1 already");
    var kept = MemberData.open(target, _ -> {});
    assertThat(kept.identity()).isEqualTo(member.identity());
    kept.open().log().close();
    kept.close();
  }

  private void refused(String why, String... arguments) {
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> run(SnapshotCommand.RESTORE, arguments))
        .withMessageContaining(why);
  }

  private static void misused(String why, String... arguments) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> run(SnapshotCommand.RESTORE, arguments))
        .withMessageContaining(why);
  }

  private static String run(String command, String... arguments)
      throws ConfigException, StartException {
    var all = new ArrayList<String>(List.of(command));
    all.addAll(List.of(arguments));
    assertThat(SnapshotCommand.isMeant(all)).isTrue();
    return SnapshotCommand.run(all);
  }

  private static String restore(TestNode node, String cluster, Path snapshot, String... more)
      throws ConfigException, StartException {
    var arguments = new ArrayList<String>();
    arguments.add("--data-dir=" + node.directory());
    arguments.add("--name=" + node.directory().getFileName());
    arguments.add("--initial-cluster=" + cluster);
    arguments.add("--initial-advertise-peer-urls=" + node.peerUrl());
    arguments.addAll(List.of(more));
    arguments.add(snapshot.toString());
    return run(SnapshotCommand.RESTORE, arguments.toArray(String[]::new));
  }

  /** Of one member with a hundred keys, which is gone then. */
  private Path snapshot() throws ConfigException, StartException, IOException {
    var file = directory.resolve("snapshot.db");
    try (var old = new TestNode("old", directory.resolve("old"));
        var out = Files.newOutputStream(file)) {
      old.start();
      for (int i = 0; i < 100; i++) {
        var _ = old.kv().put(put("k" + i));
      }
      var stream =
          MaintenanceGrpc.newBlockingStub(old.clients())
              .snapshot(SnapshotRequest.getDefaultInstance());
      while (stream.hasNext()) {
        stream.next().getBlob().writeTo(out);
      }
    }
    return file;
  }

  private static int hash(TestNode node) {
    return MaintenanceGrpc.newBlockingStub(node.clients())
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("value of " + key)).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

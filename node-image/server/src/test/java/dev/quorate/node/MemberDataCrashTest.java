package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.snapshot.SnapshotHeader;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.Restoration;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.storage.ArchivedSnapshot;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.SnapshotArchive;
import dev.quorate.node.storage.recorded.CrashPoint;
import dev.quorate.node.storage.recorded.RecordedDisk;
import dev.quorate.node.storage.rocksdb.RocksStateStorage;
import dev.quorate.node.storage.wal.LogSettings;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crash between any two operations on the disk while a member comes into being: afterwards it is
 * nobody's, and the same may be begun anew, or the whole member is there.
 */
final class MemberDataCrashTest {
  private static final NodeIdentity SELF = new NodeIdentity(7, 1);
  private static final List<Member> MEMBERS =
      List.of(Member.newBuilder().setID(1).addPeerURLs("http://a:2380").build());
  private static final LogSettings SMALL = new LogSettings(4096, 4096, 4096, FileChannel::open);
  private static final int KEYS = 20;

  /** Of what is nobody's, every so many is used again: it takes RocksDB its time. */
  private static final int BEGUN_ANEW = 5;

  @TempDir private Path directory;

  /** What makes a member of an empty directory. */
  private interface Beginning {
    void begin(MemberData empty) throws IOException;
  }

  /** The revision that a member's state must have. */
  private record Whole(long revision) {}

  @Test
  void aFounder() throws IOException {
    check(empty -> empty.found(SELF, "a", MEMBERS).log().close(), new Whole(1));
  }

  @Test
  void aMemberThatJoins() throws IOException {
    check(empty -> empty.join(SELF, "a").log().close(), new Whole(0));
  }

  @Test
  void aRestoredMember() throws IOException {
    var file = archive();
    var restoration = new Restoration(MEMBERS, 1000, true);
    check(
        empty -> empty.restore(SELF, "a", ArchivedSnapshot.open(file, false), restoration),
        new Whole(1 + KEYS + 1000));
  }

  private Path archive() throws IOException {
    var copy = directory.resolve("copy");
    try (var storage = RocksStateStorage.open(directory.resolve("old"), 8 << 20)) {
      KvStateMachine.bootstrap(storage, new EntryId(1, 1), MEMBERS);
      var machine = new KvStateMachine(storage);
      for (int i = 0; i < KEYS; i++) {
        var _ = machine.apply(List.of(put(2 + i)));
      }
      storage.checkpoint(copy);
    }
    var file = directory.resolve("archive");
    try (var content =
        SnapshotArchive.of(copy, SnapshotHeader.newBuilder().setClusterId(3).build()).open()) {
      Files.copy(content, file);
    }
    return file;
  }

  private static Entry put(long index) {
    var put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("key-" + index));
    var command = Command.newBuilder().setPut(put).build();
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, Bytes.of(command.toByteArray()));
  }

  private void check(Beginning beginning, Whole whole) throws IOException {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    begin(disk.root().resolve("new/a"), beginning);
    disk.promise("begun");
    int nobodys = 0;
    int complete = 0;
    for (var point : CrashPoint.all(disk.changes(), 1)) {
      var crashed = directory.resolve("crash");
      var data = point.restore(crashed).resolve("new/a");
      if (isNobodys(data)) {
        assertThat(point.promises()).as("%s", point).isEmpty();
        if (nobodys++ % BEGUN_ANEW == 0) {
          begin(data, beginning);
          assertThat(revision(data)).as("%s, again", point).isEqualTo(whole.revision());
        }
      } else {
        complete++;
        assertThat(revision(data)).as("%s", point).isEqualTo(whole.revision());
      }
      Directories.delete(crashed);
    }
    assertThat(nobodys).isGreaterThan(10);
    assertThat(complete).isGreaterThan(1);
  }

  private static void begin(Path data, Beginning beginning) throws IOException {
    var opened = MemberData.open(data, SMALL, _ -> {});
    try {
      beginning.begin(opened);
    } finally {
      opened.close();
    }
  }

  private static boolean isNobodys(Path data) {
    var opened = MemberData.open(data, SMALL, _ -> {});
    try {
      return opened.identity() == null;
    } finally {
      opened.close();
    }
  }

  private static long revision(Path data) throws IOException {
    var opened = MemberData.open(data, SMALL, _ -> {});
    try {
      assertThat(opened.identity()).isEqualTo(SELF);
      var storages = opened.open();
      try (var log = storages.log();
          var state = storages.home().open()) {
        var machine = new KvStateMachine(state);
        assertThat(log.restored().entries()).isEmpty();
        if (machine.appliedId().index() == 0) {
          return 0;
        }
        assertThat(machine.members().list()).hasSize(1);
        return machine.revision();
      }
    } finally {
      opened.close();
    }
  }
}

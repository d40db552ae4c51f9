package dev.quorate.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.node.storage.DataDirectory.Identity;
import dev.quorate.node.storage.DataDirectory.LogCreation;
import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final Identity IDENTITY = new Identity(-77, 0xabc, "näme-0");
  private static final LogCreation LOG = (log, _) -> Files.createDirectories(log);

  @TempDir Path parent;

  private Path root() {
    return parent.resolve("data");
  }

  @Test
  void newDirectoryIsNobodys() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.identity()).isEmpty();
    }
    Files.createDirectory(root().resolve("lost+found"));
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.identity()).isEmpty();
    }
  }

  @Test
  void keepsItsIdentity() {
    try (var directory = DataDirectory.open(root())) {
      directory.create(IDENTITY, LOG);
      assertThat(directory.identity()).contains(IDENTITY);
    }
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.identity()).contains(IDENTITY);
      expect(Kind.FOREIGN, () -> directory.create(IDENTITY, LOG), "belongs to member abc");
    }
  }

  @Test
  void creationThatFailedLeavesNobodysDirectory() {
    try (var directory = DataDirectory.open(root())) {
      LogCreation failing =
          (log, _) -> {
            Files.createDirectories(log);
            throw new IOException("No space left on device");
          };
      expect(Kind.UNUSABLE, () -> directory.create(IDENTITY, failing), "No space left");
    }
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.identity()).isEmpty();
      directory.create(IDENTITY, LOG);
    }
  }

  @Test
  void secondUserIsRefused() {
    try (var _ = DataDirectory.open(root())) {
      expect(
          Kind.IN_USE,
          () -> DataDirectory.open(root()),
          root().toString(),
          "in use by process " + ProcessHandle.current().pid());
    }
    DataDirectory.open(root()).close();
  }

  @Test
  void directoryOfSomethingElseIsRefusedUntouched() throws IOException {
    Files.createDirectories(root().resolve("member/wal"));
    expect(Kind.FOREIGN, () -> DataDirectory.open(root()), "not empty (member)");
    try (var files = Files.list(root())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void fileInPlaceOfTheDirectoryIsRefused() throws IOException {
    Files.writeString(root(), "text");
    expect(Kind.UNUSABLE, () -> DataDirectory.open(root()), root() + " is not a directory");
    expect(Kind.UNUSABLE, () -> DataDirectory.open(root().resolve("below")), "data directory");
  }

  /** Not even root can make a directory there. */
  @Test
  void directoryThatCannotBeMadeIsRefused() {
    var impossible = Path.of("/proc/self/quorate");
    expect(Kind.UNUSABLE, () -> DataDirectory.open(impossible), impossible.toString());
  }

  @Test
  void flippedBitInTheIdentityIsRefused() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      directory.create(IDENTITY, LOG);
    }
    var file = root().resolve("identity");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] damaged = good.clone();
      damaged[i] ^= 16;
      assertIdentityLost(file, damaged);
    }
    for (int length = 0; length < good.length; length++) {
      assertIdentityLost(file, Arrays.copyOf(good, length));
    }
  }

  /** And still, when the bits are right again. */
  private void assertIdentityLost(Path file, byte[] damaged) throws IOException {
    byte[] good = Files.readAllBytes(file);
    Files.write(file, damaged);
    try (var directory = DataDirectory.open(root())) {
      expect(Kind.DATA_LOST, directory::requireSound, file.toString());
      assertThat(directory.identity()).isEmpty();
      expect(Kind.DATA_LOST, () -> directory.create(IDENTITY, LOG), file.toString());
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    Files.write(file, good);
    try (var directory = DataDirectory.open(root())) {
      expect(Kind.DATA_LOST, directory::requireSound, file.toString());
      assertThat(directory.identity()).contains(IDENTITY);
    }
    Files.delete(root().resolve("lost"));
  }

  @Test
  void lossThatWasFoundOnceStands() throws IOException {
    String first = "DATA_LOST: /data/log/7.wal, offset 4096: bad checksum";
    try (var directory = DataDirectory.open(root())) {
      directory.create(IDENTITY, LOG);
      directory.requireSound();
      assertThat(directory.loss()).isEmpty();
      receive(directory);
      directory.commitIncoming();
      directory.markLost(first);
      directory.markLost("DATA_LOST: something that came of it");
      assertThat(directory.loss()).contains(first);
    }
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.loss()).contains(first);
      expect(Kind.DATA_LOST, directory::requireSound, first);
      assertThat(directory.identity()).contains(IDENTITY);
      assertThat(root().resolve("state.next")).as("nothing is finished").exists();
    }
  }

  @Test
  void damagedMarkStillMarks() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      directory.markLost("DATA_LOST: it");
    }
    var mark = root().resolve("lost");
    byte[] good = Files.readAllBytes(mark);
    for (int i = 0; i < good.length; i++) {
      byte[] damaged = good.clone();
      damaged[i] ^= 16;
      Files.write(mark, damaged);
      try (var directory = DataDirectory.open(root())) {
        expect(Kind.DATA_LOST, directory::requireSound, mark.toString(), "is damaged too");
      }
    }
    Files.write(mark, new byte[0]);
    try (var directory = DataDirectory.open(root())) {
      expect(Kind.DATA_LOST, directory::requireSound, mark.toString());
    }
  }

  @Test
  void lossHoldsWhereTheDiskDoesNotTakeTheMark() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      Files.createDirectories(root().resolve("lost.tmp/in the way"));
      assertThatThrownBy(() -> directory.markLost("DATA_LOST: it")).isInstanceOf(IOException.class);
      expect(Kind.DATA_LOST, directory::requireSound, "DATA_LOST: it");
    }
  }

  @Test
  void newerFormatIsRefusedWithBothVersions() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      directory.create(IDENTITY, LOG);
      directory.markLost("it");
    }
    for (var name : List.of("identity", "lost")) {
      assertNewerIsRefused(root().resolve(name));
    }
  }

  private void assertNewerIsRefused(Path file) throws IOException {
    var content = ByteBuffer.wrap(Files.readAllBytes(file)).putInt(8, 9);
    var sum = new CRC32C();
    sum.update(content.array(), 0, content.limit() - 4);
    content.putInt(content.limit() - 4, (int) sum.getValue());
    byte[] known = Files.readAllBytes(file);
    Files.write(file, content.array());
    expect(
        Kind.FORMAT_TOO_NEW,
        () -> DataDirectory.open(root()),
        file.toString(),
        "version 9",
        "up to 1");
    Files.write(file, known);
  }

  @Test
  void crashBeforeTheDecisionKeepsTheOldState() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      receive(directory);
    }
    try (var directory = DataDirectory.open(root())) {
      assertThat(directory.state().resolve("old")).exists();
      assertThat(directory.incoming().resolve("new")).exists();
    }
  }

  @Test
  void crashAfterAnyStepOfTheSwapEndsWithTheNewState() throws IOException {
    int steps = 0;
    for (boolean more = true; more; steps++) {
      Directories.delete(root());
      try (var directory = DataDirectory.open(root())) {
        receive(directory);
        directory.commitIncoming();
        for (int i = 0; i < steps; i++) {
          more = directory.swapStep();
        }
      }
      try (var directory = DataDirectory.open(root())) {
        assertThat(directory.state()).isDirectoryContaining("glob:**/new");
        assertThat(directory.state().resolve("old")).doesNotExist();
        assertThat(directory.incoming()).doesNotExist();
      }
      try (var files = Files.list(root())) {
        assertThat(files.map(f -> f.getFileName().toString())).containsOnly("LOCK", "state");
      }
    }
    assertThat(steps).isEqualTo(4);
  }

  @Test
  void crashWhileTheOldStateIsRemovedIsFinished() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      receive(directory);
      directory.commitIncoming();
      Files.createDirectories(root().resolve("state.old/half/removed"));
      directory.swapState();
      assertThat(directory.state().resolve("new")).exists();
      assertThat(root().resolve("state.old")).doesNotExist();
    }
  }

  @Test
  void firstStateNeedsNoOldOne() throws IOException {
    try (var directory = DataDirectory.open(root())) {
      Files.createDirectories(directory.incoming());
      Files.writeString(directory.incoming().resolve("new"), "new");
      directory.commitIncoming();
      directory.swapState();
      assertThat(directory.state().resolve("new")).exists();
    }
  }

  private static void receive(DataDirectory directory) throws IOException {
    Files.createDirectories(directory.state());
    Files.writeString(directory.state().resolve("old"), "old");
    Files.createDirectories(directory.incoming().resolve("nested"));
    for (var name : List.of("new", "nested/file")) {
      Files.writeString(directory.incoming().resolve(name), "new");
    }
  }

  private static void expect(Kind kind, ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(parts);
  }
}

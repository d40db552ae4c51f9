package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flipped bit anywhere in any file of a data directory: whoever opens and reads all of it is told
 * which file or state is damaged, or finds everything as it was, because nobody needs that byte.
 */
@Timeout(180)
final class FlippedBitsTest {
  private static final int PUTS = 1_500;

  /** Of each file, besides its beginning and its end. */
  private static final int SAMPLES = 12;

  @TempDir private Path directory;
  private final ConcurrentLinkedQueue<ReplicaFault> faults = new ConcurrentLinkedQueue<>();

  @Test
  void isNamedOrMatteredToNobody() throws Exception {
    var good = directory.resolve("good");
    write(good);
    var expected = read(good);
    assertThat(expected.keys()).hasSize(PUTS);

    var random = new SplittableRandom(1);
    var detected = new TreeMap<String, Integer>();
    for (var file : files(good)) {
      for (int offset : offsets(Files.size(file), random)) {
        var damaged = directory.resolve("damaged");
        copy(good, damaged);
        flip(damaged.resolve(good.relativize(file)), offset, random);
        String where = "%s, byte %d".formatted(good.relativize(file), offset);
        if (isDetected(damaged, expected, where)) {
          detected.merge(kind(file), 1, Integer::sum);
        }
        Directories.delete(damaged);
      }
    }
    assertThat(detected.keySet()).contains("CURRENT", "MANIFEST", "identity", "sst", "wal");
  }

  private void write(Path root) throws IOException {
    var listener =
        new ReplicaListener() {
          @Override
          public void failed(ReplicaFault fault) {
            faults.add(fault);
          }

          @Override
          public void removed() {}
        };
    try (var member = new DiskMember(1, root)) {
      member.found(List.of(MemoryCluster.member(1)));
      var replica = member.start(new MemoryNetwork(), listener);
      await().atMost(Duration.ofSeconds(60)).until(() -> replica.status().raft().leads());
      var all = new ArrayList<CompletableFuture<?>>();
      for (int i = 0; i < PUTS; i++) {
        all.add(MemoryCluster.put(replica, "key-%05d".formatted(i), "value"));
      }
      all.forEach(CompletableFuture::join);
      replica.stop().join();
    }
    assertThat(faults).isEmpty();
  }

  private static DiskMember.Found read(Path root) throws IOException {
    try (var member = new DiskMember(1, root)) {
      return member.read(new HashMap<>());
    }
  }

  private static boolean isDetected(Path damaged, DiskMember.Found expected, String where)
      throws IOException {
    try {
      assertThat(read(damaged).keys()).as(where).isEqualTo(expected.keys());
      return false;
    } catch (StorageException e) {
      assertThat(e.kind()).as("%s: %s", where, e.getMessage()).isEqualTo(Kind.DATA_LOST);
      assertThat(e).as(where).hasMessageContaining(damaged.toString());
      return true;
    }
  }

  /** What is empty, or written for people alone, is left out. */
  private static List<Path> files(Path root) throws IOException {
    try (var all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().matches("LO(G|CK)(\\.old.*)?"))
          .filter(file -> file.toFile().length() > 0)
          .sorted()
          .toList();
    }
  }

  private static List<Integer> offsets(long size, SplittableRandom random) {
    var offsets = new ArrayList<>(List.of(0, (int) size - 1, (int) size / 2));
    for (int i = 0; i < SAMPLES; i++) {
      offsets.add(random.nextInt((int) size));
    }
    return offsets.stream().distinct().sorted().toList();
  }

  private static String kind(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") ? name.replaceFirst(".*\\.", "") : name.replaceFirst("-.*", "");
  }

  private static void flip(Path file, int offset, SplittableRandom random) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[offset] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    Files.write(file, content);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (var path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }
}

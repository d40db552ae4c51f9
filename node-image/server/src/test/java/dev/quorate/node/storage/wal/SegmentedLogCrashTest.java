package dev.quorate.node.storage.wal;

import static dev.quorate.node.storage.LogStorageContract.entries;
import static dev.quorate.node.storage.LogStorageContract.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.LogImage;
import dev.quorate.node.storage.LogStorage.Restored;
import dev.quorate.node.storage.recorded.CrashPoint;
import dev.quorate.node.storage.recorded.RecordedDisk;
import dev.quorate.raft.HardState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A crash between any two operations on the log's files, with all, nothing or some of what was not
 * synced: what was synced is there, and nothing that was never written.
 */
class SegmentedLogCrashTest {
  private static final long CLUSTER = 1;
  private static final long MEMBER = 2;
  private static final int STEPS = 120;
  private static final LogSettings SETTINGS = new LogSettings(700, 1024, 4096, FileChannel::open);

  @TempDir private Path directory;

  /** What the log says after each call; promised is the number of the newest that is synced. */
  private final List<Restored> states = new ArrayList<>();

  @Test
  void aCreationThatWasInterruptedIsBegunAnew() throws IOException {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    create(disk);
    int points = 0;
    for (var point : CrashPoint.all(disk.changes(), 1)) {
      var log = point.restore(directory.resolve("crash-" + points++)).resolve("log");
      try (var created = SegmentedLog.create(log, CLUSTER, MEMBER, SETTINGS)) {
        assertThat(created.restored()).as("%s", point).isEqualTo(Restored.EMPTY);
      }
    }
    assertThat(points).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatWasSyncedSurvivesACrashAtAnyStep(long seed) throws IOException {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    create(disk);
    states.add(Restored.EMPTY);
    disk.promise(0);
    write(disk, new SplittableRandom(seed));

    var names = new TreeSet<String>();
    int checked = 0;
    for (var point : CrashPoint.all(disk.changes(), seed)) {
      if (!point.promises().isEmpty()) {
        names.addAll(point.image().files().keySet());
        check(point, directory.resolve("crash-" + checked++));
      }
    }
    // The workload has made segments and removed them again, so each step of both was met.
    assertThat(names).hasSizeGreaterThan(10);
    assertThat(names).contains("log/next.tmp");
    assertThat(checked).isGreaterThan(STEPS);
  }

  private static void create(RecordedDisk disk) throws IOException {
    SegmentedLog.create(disk.root().resolve("log"), CLUSTER, MEMBER, SETTINGS).close();
    Directories.sync(disk.root());
  }

  private void write(RecordedDisk disk, SplittableRandom random) throws IOException {
    var image = new LogImage();
    long term = 1;
    try (var log = SegmentedLog.open(disk.root().resolve("log"), CLUSTER, MEMBER, SETTINGS)) {
      for (int step = 0; step < STEPS; step++) {
        long base = image.base().id().index();
        long last = image.lastIndex();
        switch (random.nextInt(10)) {
          case 0 -> {
            var hardState = new HardState(++term, random.nextInt(3), last);
            log.append(hardState, null, List.of());
            image.hardState(hardState);
          }
          case 1 -> {
            var snapshot = snapshot(term, last + 1 + random.nextInt(5));
            log.append(null, snapshot, List.of());
            image.snapshot(snapshot);
          }
          case 2, 3 -> {
            if (last > base) {
              var newBase = snapshot(term, base + 1 + random.nextLong(last - base));
              log.removeUpTo(newBase);
              image.removeUpTo(newBase);
            }
          }
          default -> {
            long from = Math.max(base + 1, last + 1 - random.nextInt(3));
            var added = entries(term, from, from + random.nextInt(4));
            log.append(null, null, added);
            added.forEach(image::entry);
          }
        }
        states.add(image.restored());
        if (random.nextInt(3) > 0) {
          log.sync();
          disk.promise(states.size() - 1);
        }
      }
    }
  }

  private void check(CrashPoint point, Path crashed) throws IOException {
    int promised = (Integer) point.promises().getLast();
    var left = point.restore(crashed).resolve("log");
    Restored found;
    try (var log = SegmentedLog.open(left, CLUSTER, MEMBER, SETTINGS)) {
      found = log.restored();
      assertThat(states.subList(promised, states.size())).as("%s", point).contains(found);
      log.append(new HardState(99, 1, 0), null, List.of());
    }
    try (var log = SegmentedLog.open(left, CLUSTER, MEMBER, SETTINGS)) {
      assertThat(log.restored().entries()).as("%s, again", point).isEqualTo(found.entries());
      assertThat(log.restored().hardState().term()).isEqualTo(99);
    }
    Directories.delete(crashed);
  }
}

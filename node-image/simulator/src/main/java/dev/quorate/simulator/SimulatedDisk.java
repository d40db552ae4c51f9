package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.Founding;
import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.wal.LogSettings;
import dev.quorate.node.storage.wal.SegmentedLog;
import dev.quorate.simulator.disk.DiskDirectory;
import dev.quorate.simulator.disk.DiskFaults;
import dev.quorate.simulator.disk.DiskFile;
import dev.quorate.simulator.disk.DiskTree;
import dev.quorate.simulator.disk.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What one node has on its disk: the node's own data directory and write-ahead log, on a file
 * system that forgets and fails.
 */
final class SimulatedDisk implements DiskFaults {
  static final long CLUSTER_ID = 0xc1;

  private static final LogSettings LOG =
      new LogSettings(8 << 10, 2 << 10, 4 << 10, FileChannel::open);
  private static final int SEGMENT_HEADER_BYTES = 64;
  private static final int RECORD_FIXED_BYTES = 20;
  private static final int ALIGNMENT_BYTES = 8;

  private final long memberId;
  private final List<Member> founders;
  private final RandomGenerator random;
  private final DiskTree tree = new DiskTree();
  private final SimulatedFileSystem fileSystem = new SimulatedFileSystem(tree);
  private int cutPermille;
  private boolean failing;
  private boolean full;
  private int failures;

  /** What a process works with. */
  record Opened(DataDirectory directory, LogStorage log, SimulatedStateHome home) {}

  /** Without first members it waits to be taken in. */
  SimulatedDisk(long memberId, List<Member> founders, RandomGenerator random) {
    this.memberId = memberId;
    this.founders = founders;
    this.random = random;
    tree.setFaults(this);
  }

  DiskTree tree() {
    return tree;
  }

  /** Whether a member's data is there, or the beginning of it. */
  boolean hasIdentity() {
    return Files.exists(fileSystem.getPath("/data/identity"));
  }

  /** In how many of a thousand steps the power is cut. */
  void cutPower(int permille) {
    cutPermille = permille;
  }

  void fail(boolean fails) {
    failing = fails;
  }

  void fill(boolean noSpace) {
    full = noSpace;
  }

  void heal() {
    cutPermille = 0;
    failing = false;
    full = false;
  }

  /** Whether anything failed since the process started, so that it had reason to stop. */
  boolean hasFailed() {
    return failures > 0;
  }

  /** The state has files of its own. */
  void beginFlush() throws IOException {
    if (cutsPower(Step.SYNC)) {
      throw tree.cutPower();
    }
    check(Step.SYNC, 1);
  }

  @Override
  public boolean cutsPower(Step step) {
    return cutPermille > 0 && random.nextInt(1000) < cutPermille;
  }

  @Override
  public void check(Step step, long grownBytes) throws IOException {
    if (failing && random.nextInt(3) == 0) {
      failures++;
      throw new IOException("Input/output error");
    }
    if (full && grownBytes > 0) {
      failures++;
      throw new IOException("No space left on device");
    }
  }

  /** As a node does when it starts: what is there, or else the beginning of a member. */
  Opened open(SimulatedStateHome.Flushes flushes) {
    failures = 0;
    var directory = DataDirectory.open(fileSystem.getPath("/data"));
    directory.requireSound();
    var home = new SimulatedStateHome(directory, tree, flushes);
    if (directory.identity().isEmpty()) {
      directory.create(
          new DataDirectory.Identity(CLUSTER_ID, memberId, "node" + memberId),
          (path, identity) -> {
            try (var log = SegmentedLog.create(path, CLUSTER_ID, memberId, LOG)) {
              log.sync();
            }
            if (!founders.isEmpty()) {
              Files.createDirectories(directory.state());
              Founding.writeState(home.open(), founders);
              Directories.syncRecursively(directory.state());
            }
          });
    }
    return new Opened(
        directory, SegmentedLog.open(directory.log(), CLUSTER_ID, memberId, LOG), home);
  }

  /**
   * Flips a bit of what is surely known to be durable: in any record but the last one, of which a
   * damaged head looks as if a crash had torn it.
   */
  boolean flipBit() {
    if (!(tree.find(fileSystem.getPath("/data/log")) instanceof DiskDirectory log)) {
      return false;
    }
    var segments = tree.filesIn(log);
    if (segments.isEmpty()) {
      return false;
    }
    int chosen = random.nextInt(segments.size());
    boolean last = chosen == segments.size() - 1;
    var segment = segments.get(chosen);
    int end = recordsEnd(segment, last);
    if (end <= 0) {
      return false;
    }
    segment.flip(random.nextLong((long) end * Byte.SIZE));
    return true;
  }

  private static int recordsEnd(DiskFile segment, boolean withoutLast) {
    var bytes = ByteBuffer.wrap(segment.content());
    int end = SEGMENT_HEADER_BYTES;
    int lastStart = end;
    while (end + RECORD_FIXED_BYTES <= bytes.limit() && bytes.getInt(end) != 0) {
      lastStart = end;
      int length = bytes.getInt(end + Integer.BYTES) + RECORD_FIXED_BYTES;
      end += (length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    }
    return Math.min(withoutLast ? lastStart : end, bytes.limit());
  }
}

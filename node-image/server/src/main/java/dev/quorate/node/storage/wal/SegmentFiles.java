package dev.quorate.node.storage.wal;

import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import dev.quorate.node.storage.wal.RecordFormat.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one log: names, creation and reading of its segments. */
record SegmentFiles(Path directory, long clusterId, long memberId, LogSettings settings) {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);
  private static final Pattern NAME = Pattern.compile("[0-9]{12}\\.wal");
  private static final String UNFINISHED = "next.tmp";

  /** A segment's name. */
  record Found(Path path, long sequence) {}

  List<Found> list() throws IOException {
    var found = new ArrayList<Found>();
    try (var paths = Files.list(directory)) {
      paths.forEach(
          path -> {
            String name = path.getFileName().toString();
            if (NAME.matcher(name).matches()) {
              found.add(new Found(path, Long.parseLong(name.substring(0, 12))));
            }
          });
    }
    found.sort(Comparator.comparingLong(Found::sequence));
    return found;
  }

  /** What a crash left of a segment that was not complete. */
  void removeUnfinished() throws IOException {
    Files.deleteIfExists(directory.resolve(UNFINISHED));
  }

  /** Makes a segment with its first record; it gets its name when it is durable. */
  Segment create(long sequence, int previousCrc, RecordBuffer first) throws IOException {
    var unfinished = directory.resolve(UNFINISHED);
    var path = directory.resolve("%012d.wal".formatted(sequence));
    removeUnfinished();
    var channel =
        settings
            .opener()
            .open(unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      var header = ByteBuffer.allocateDirect(RecordFormat.SEGMENT_HEADER_BYTES);
      int crc = RecordFormat.putSegmentHeader(header, sequence, clusterId, memberId, previousCrc);
      var segment = new Segment(channel, path, sequence, crc, settings.preallocationBytes());
      segment.begin(header.flip(), previousCrc);
      segment.append(first);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      Directories.sync(directory);
      return segment;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens the last segment to write behind the records that were found in it. */
  Segment reopen(Found found, SegmentHeader header, SegmentScan scan, ByteBuffer file)
      throws IOException {
    boolean torn = scan.hasTornTail();
    var channel = settings.opener().open(found.path(), Set.of(StandardOpenOption.WRITE));
    try {
      var segment =
          new Segment(
              channel, found.path(), found.sequence(), header.crc(), settings.preallocationBytes());
      segment.endsAt(scan.endBytes(), file.limit(), scan.lastCrc());
      if (torn) {
        LOG.warn(
            "{}: cutting off what a crash left of an unfinished write at offset {}",
            found.path(),
            scan.endBytes());
        segment.cut();
      }
      int start = scan.lastStart();
      segment.rewrite(file.slice(start, scan.endBytes() - start), start);
      return segment;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  ByteBuffer read(Path path) throws IOException {
    try (var channel = settings.opener().open(path, Set.of(StandardOpenOption.READ))) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE - 64) {
        throw SegmentScan.lost(path, 0, "no segment is as large as " + size + " bytes");
      }
      var file = ByteBuffer.allocate((int) size);
      while (file.hasRemaining() && channel.read(file) >= 0) {
        // Reads until the file is in memory.
      }
      return file.flip();
    }
  }

  /** Reads and checks the header: damage first, then format, then identity. */
  SegmentHeader header(Found found, ByteBuffer file) {
    var header = RecordFormat.segmentHeader(file);
    if (header == null) {
      throw SegmentScan.lost(found.path(), 0, "the header is damaged");
    }
    if (header.version() > RecordFormat.VERSION) {
      throw new StorageException(
          Kind.FORMAT_TOO_NEW,
          "%s has format version %d, this program knows versions up to %d: start a newer quorate-node"
              .formatted(found.path(), header.version(), RecordFormat.VERSION));
    }
    if (header.clusterId() != clusterId || header.memberId() != memberId) {
      throw new StorageException(
          Kind.FOREIGN,
          "%s belongs to member %x of cluster %x, this is member %x of cluster %x: put back the right directory"
              .formatted(found.path(), header.memberId(), header.clusterId(), memberId, clusterId));
    }
    if (header.sequence() != found.sequence()) {
      throw SegmentScan.lost(
          found.path(), 0, "the file was renamed, it is segment " + header.sequence());
    }
    return header;
  }
}

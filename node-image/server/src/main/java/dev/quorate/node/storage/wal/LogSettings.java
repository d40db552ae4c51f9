package dev.quorate.node.storage.wal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Sizes of a log's files, and how they are opened.
 *
 * @param segmentBytes a segment that is at least this long is followed by a new one
 * @param preallocationBytes the step in which zeros are written ahead of the records
 * @param maxRecordBytes more than this is not gathered but written and synced at once
 */
public record LogSettings(
    int segmentBytes, int preallocationBytes, int maxRecordBytes, ChannelOpener opener) {
  public static final LogSettings DEFAULT =
      new LogSettings(64 << 20, 4 << 20, 8 << 20, FileChannel::open);

  /** The seam at which tests put disks that fail. */
  public interface ChannelOpener {
    FileChannel open(Path path, Set<StandardOpenOption> options) throws IOException;
  }
}

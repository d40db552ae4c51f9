package dev.quorate.operator.platform.local;

import dev.quorate.operator.platform.PlatformException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What keeps a second operator out of a run directory; it ends with the process at the latest. */
final class RunLock implements AutoCloseable {
  private static final int LONGEST_PROCESS_ID = 32;

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws PlatformException if another one holds it
   */
  static RunLock take(Path root) throws IOException {
    var channel =
        FileChannel.open(
            root.resolve("LOCK"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (!locks(channel)) {
        throw inUse(root, channel);
      }
      var pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      return new RunLock(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static PlatformException inUse(Path root, FileChannel channel) throws IOException {
    var content = ByteBuffer.allocate(LONGEST_PROCESS_ID);
    channel.read(content, 0);
    var pid = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    return new PlatformException(
        "run directory %s is in use by process %s: end that first, or name another with --run-dir"
            .formatted(root, pid.isEmpty() ? "(unknown)" : pid));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // The process ends anyway.
    }
  }
}

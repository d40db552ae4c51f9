package dev.quorate.node.storage;

import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is there as a whole or not at all: magic (8), format version (4), content,
 * CRC32C of all before (4); big-endian.
 */
record SealedFile(long magic, int version) {
  private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES;

  /**
   * The content; null if the file is damaged.
   *
   * @throws StorageException if it is of a newer format
   */
  @Nullable ByteBuffer read(Path path) throws IOException {
    var file = ByteBuffer.wrap(Files.readAllBytes(path));
    int sumOffset = file.limit() - Integer.BYTES;
    if (sumOffset < HEAD_BYTES
        || file.getLong(0) != magic
        || crcOf(file.array(), sumOffset) != file.getInt(sumOffset)) {
      return null;
    }
    int found = file.getInt(Long.BYTES);
    if (found > version) {
      throw new StorageException(
          Kind.FORMAT_TOO_NEW,
          "%s has format version %d, this program knows versions up to %d: start a newer quorate-node"
              .formatted(path, found, version));
    }
    return file.slice(HEAD_BYTES, sumOffset - HEAD_BYTES);
  }

  /** Durable when this returns. */
  void write(Path root, String name, byte[] content) throws IOException {
    var file = ByteBuffer.allocate(HEAD_BYTES + content.length + Integer.BYTES);
    file.putLong(magic).putInt(version).put(content);
    file.putInt(crcOf(file.array(), file.position())).flip();
    var unfinished = root.resolve(name + ".tmp");
    try (var channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (file.hasRemaining()) {
        channel.write(file);
      }
      channel.force(true);
    }
    Files.move(unfinished, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(root);
  }

  private static int crcOf(byte[] bytes, int length) {
    var sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}

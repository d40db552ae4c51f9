package dev.quorate.node.storage;

import dev.quorate.node.storage.DataDirectory.Identity;
import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The file that says whose data a directory holds: magic (8), version (4), cluster (8), member (8),
 * length of the name (4), name, CRC32C of all before (4); big-endian. It is written last when a
 * member is created, so where it is, all the rest is.
 */
final class IdentityFile {
  private static final long MAGIC = 0x51554F5249444E54L; // "QUORIDNT"
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 8 + 4 + 8 + 8 + 4;

  private IdentityFile() {}

  static Identity read(Path path) throws IOException {
    var file = ByteBuffer.wrap(Files.readAllBytes(path));
    int sumOffset = file.limit() - Integer.BYTES;
    if (sumOffset < FIXED_BYTES
        || file.getLong(0) != MAGIC
        || crcOf(file.array(), sumOffset) != file.getInt(sumOffset)) {
      throw damaged(path);
    }
    int version = file.getInt(8);
    if (version > VERSION) {
      throw new StorageException(
          Kind.FORMAT_TOO_NEW,
          "%s has format version %d, this program knows versions up to %d: start a newer quorate-node"
              .formatted(path, version, VERSION));
    }
    int nameBytes = file.getInt(28);
    if (nameBytes != sumOffset - FIXED_BYTES) {
      throw damaged(path);
    }
    var name = new String(file.array(), FIXED_BYTES, nameBytes, StandardCharsets.UTF_8);
    return new Identity(file.getLong(12), file.getLong(20), name);
  }

  static void write(Path root, String name, Identity identity) throws IOException {
    byte[] memberName = identity.name().getBytes(StandardCharsets.UTF_8);
    var file = ByteBuffer.allocate(FIXED_BYTES + memberName.length + Integer.BYTES);
    file.putLong(MAGIC).putInt(VERSION).putLong(identity.clusterId()).putLong(identity.memberId());
    file.putInt(memberName.length).put(memberName);
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

  private static StorageException damaged(Path path) {
    return new StorageException(
        Kind.DATA_LOST,
        "DATA_LOST: %s is damaged. Nothing was changed. Remove this member from the cluster and add a new one in its place"
            .formatted(path));
  }

  private static int crcOf(byte[] bytes, int length) {
    var sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}

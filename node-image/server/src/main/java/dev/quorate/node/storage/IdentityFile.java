package dev.quorate.node.storage;

import dev.quorate.node.storage.DataDirectory.Identity;
import dev.quorate.node.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The file that says whose data a directory holds: cluster (8), member (8), length of the name (4),
 * name, in a {@link SealedFile}. It is written last when a member is created, so where it is, all
 * the rest is.
 */
final class IdentityFile {
  private static final SealedFile FORM = new SealedFile(0x51554F5249444E54L, 1); // "QUORIDNT"
  private static final int FIXED_BYTES = 8 + 8 + 4;

  private IdentityFile() {}

  static Identity read(Path path) throws IOException {
    var content = FORM.read(path);
    if (content == null || content.limit() < FIXED_BYTES) {
      throw damaged(path);
    }
    long cluster = content.getLong();
    long member = content.getLong();
    if (content.getInt() != content.remaining()) {
      throw damaged(path);
    }
    return new Identity(cluster, member, StandardCharsets.UTF_8.decode(content).toString());
  }

  static void write(Path root, String name, Identity identity) throws IOException {
    byte[] memberName = identity.name().getBytes(StandardCharsets.UTF_8);
    var content = ByteBuffer.allocate(FIXED_BYTES + memberName.length);
    content.putLong(identity.clusterId()).putLong(identity.memberId());
    content.putInt(memberName.length).put(memberName);
    FORM.write(root, name, content.array());
  }

  private static StorageException damaged(Path path) {
    return new StorageException(
        Kind.DATA_LOST,
        "DATA_LOST: %s is damaged: remove this member from the cluster and add a new one in its place"
            .formatted(path));
  }
}

package dev.quorate.node.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.quorate.api.snapshot.SnapshotFile;
import dev.quorate.api.snapshot.SnapshotHeader;
import dev.quorate.node.storage.StorageException.Kind;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * A snapshot that a client has kept in a file, in the form of {@link SnapshotFormat}. What is wrong
 * with one is thrown as a {@link StorageException} that names the file.
 */
public final class ArchivedSnapshot {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Path file;
  private final SnapshotHeader header;

  private ArchivedSnapshot(Path file, SnapshotHeader header) {
    this.file = file;
    this.header = header;
  }

  /**
   * Reads what the file says of itself.
   *
   * @param checkDigest whether to read all of it before, and compare it with its digest
   */
  public static ArchivedSnapshot open(Path file, boolean checkDigest) throws IOException {
    try (var in = stream(file)) {
      var snapshot = new ArchivedSnapshot(file, readHeader(file, in));
      if (checkDigest) {
        snapshot.checkDigest();
      }
      return snapshot;
    } catch (EOFException _) {
      throw damaged(file, "it ends too early");
    } catch (NoSuchFileException _) {
      throw new StorageException(Kind.UNUSABLE, "there is no file " + file);
    }
  }

  /** What it is a snapshot of. */
  public SnapshotHeader header() {
    return header;
  }

  /** Writes the files of the state into a directory, and checks each. */
  public void unpack(Path directory) throws IOException {
    try (var in = stream(file)) {
      var _ = readHeader(file, in);
      Files.createDirectories(directory);
      for (var packed : header.getFilesList()) {
        unpack(packed, in, target(directory, packed.getName()));
      }
    } catch (EOFException _) {
      throw damaged(file, "it ends too early");
    }
  }

  private Path target(Path directory, String name) {
    var target = directory.resolve(name).normalize();
    if (!target.startsWith(directory) || target.equals(directory)) {
      throw damaged(file, "the name %s in it is not one of a state's file".formatted(name));
    }
    return target;
  }

  private void unpack(SnapshotFile packed, DataInputStream in, Path target) throws IOException {
    var crc = new CRC32C();
    var parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (var out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      var buffer = new byte[BUFFER_BYTES];
      for (long left = packed.getSizeBytes(); left > 0; ) {
        int count = (int) Math.min(left, buffer.length);
        in.readFully(buffer, 0, count);
        crc.update(buffer, 0, count);
        out.write(buffer, 0, count);
        left -= count;
      }
    }
    if (in.readInt() != (int) crc.getValue()) {
      throw damaged(
          file, "the file %s in it does not match its checksum".formatted(packed.getName()));
    }
  }

  private static SnapshotHeader readHeader(Path file, DataInputStream in) throws IOException {
    var crc = new CRC32C();
    var checked = new DataInputStream(new CheckedInputStream(in, crc));
    byte[] magic = checked.readNBytes(SnapshotFormat.MAGIC.length);
    if (!Arrays.equals(magic, SnapshotFormat.MAGIC)) {
      throw new StorageException(
          Kind.FOREIGN,
          "%s is not a snapshot of Quorate: take one of a member with etcdctl snapshot save"
              .formatted(file));
    }
    int version = checked.readInt();
    if (version > SnapshotFormat.VERSION) {
      throw new StorageException(
          Kind.FORMAT_TOO_NEW,
          "%s has format %d, but this quorate-node knows formats up to %d: use a newer quorate-node"
              .formatted(file, version, SnapshotFormat.VERSION));
    }
    int length = checked.readInt();
    if (length < 0 || length > SnapshotFormat.MAX_HEADER_BYTES) {
      throw damaged(file, "its header cannot be %d bytes long".formatted(length));
    }
    byte[] encoded = checked.readNBytes(length);
    if (in.readInt() != (int) crc.getValue()) {
      throw damaged(file, "its header does not match its checksum");
    }
    try {
      return SnapshotHeader.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(file, "its header cannot be read");
    }
  }

  private void checkDigest() throws IOException {
    long size = Files.size(file);
    if (!SnapshotFormat.hasDigest(size)) {
      throw damaged(file, "there is no digest at its end, so it was not received whole");
    }
    var digest = SnapshotFormat.digest();
    try (var in = stream(file)) {
      var buffer = new byte[BUFFER_BYTES];
      for (long left = size - SnapshotFormat.DIGEST_BYTES; left > 0; ) {
        int count = (int) Math.min(left, buffer.length);
        in.readFully(buffer, 0, count);
        digest.update(buffer, 0, count);
        left -= count;
      }
      if (!Arrays.equals(in.readNBytes(SnapshotFormat.DIGEST_BYTES), digest.digest())) {
        throw damaged(file, "it does not match the digest at its end");
      }
    }
  }

  private static DataInputStream stream(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
  }

  private static StorageException damaged(Path file, String what) {
    return new StorageException(
        Kind.DATA_LOST, "%s is damaged: %s; use another snapshot".formatted(file, what));
  }
}

package dev.quorate.node.storage;

import dev.quorate.api.snapshot.SnapshotFile;
import dev.quorate.api.snapshot.SnapshotHeader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * A copied state as one stream of bytes, in the form of {@link SnapshotFormat} without the digest:
 * whoever sends it digests it.
 */
public final class SnapshotArchive {
  private final Path directory;
  private final byte[] prefix;
  private final List<SnapshotFile> files;
  private final long sizeBytes;

  private SnapshotArchive(Path directory, SnapshotHeader header) {
    this.directory = directory;
    this.prefix = prefix(header);
    this.files = header.getFilesList();
    long content = prefix.length;
    for (var file : files) {
      content += file.getSizeBytes() + SnapshotFormat.CHECKSUM_BYTES;
    }
    this.sizeBytes = content + SnapshotFormat.paddingBytes(content);
  }

  /** Describes a directory that does not change any more; {@code about} says what it stands for. */
  public static SnapshotArchive of(Path directory, SnapshotHeader about) throws IOException {
    var header = about.toBuilder().clearFiles();
    try (var walk = Files.walk(directory)) {
      for (var file : walk.filter(Files::isRegularFile).sorted().toList()) {
        header.addFiles(
            SnapshotFile.newBuilder()
                .setName(directory.relativize(file).toString())
                .setSizeBytes(Files.size(file)));
      }
    }
    return new SnapshotArchive(directory, header.build());
  }

  private static byte[] prefix(SnapshotHeader header) {
    byte[] encoded = header.toByteArray();
    var prefix =
        ByteBuffer.allocate(
                SnapshotFormat.PREFIX_BYTES + encoded.length + SnapshotFormat.CHECKSUM_BYTES)
            .put(SnapshotFormat.MAGIC)
            .putInt(SnapshotFormat.VERSION)
            .putInt(encoded.length)
            .put(encoded);
    var crc = new CRC32C();
    crc.update(prefix.array(), 0, prefix.position());
    return prefix.put(SnapshotFormat.checksum(crc)).array();
  }

  /** All bytes of {@link #open}. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** The bytes; one file after the other is open. */
  public InputStream open() {
    return new Content();
  }

  /** The prefix, each file with its checksum, and the zeros behind them. */
  private final class Content extends InputStream {
    private final Enumeration<SnapshotFile> rest = Collections.enumeration(files);
    private InputStream part = new ByteArrayInputStream(prefix);
    private final CRC32C crc = new CRC32C();
    private boolean inFile;
    private long readBytes;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (readBytes < sizeBytes) {
        int count = part.read(bytes, offset, length);
        if (count > 0) {
          readBytes += count;
          return count;
        }
        nextPart();
      }
      return -1;
    }

    private void nextPart() throws IOException {
      part.close();
      if (inFile) {
        inFile = false;
        part = new ByteArrayInputStream(SnapshotFormat.checksum(crc));
      } else if (rest.hasMoreElements()) {
        inFile = true;
        crc.reset();
        part = new CheckedInputStream(openWhole(rest.nextElement()), crc);
      } else {
        part = new ByteArrayInputStream(new byte[SnapshotFormat.paddingBytes(readBytes)]);
      }
    }

    private InputStream openWhole(SnapshotFile file) throws IOException {
      var path = directory.resolve(file.getName());
      if (Files.size(path) != file.getSizeBytes()) {
        throw new IOException(path + " has changed while it was read");
      }
      return Files.newInputStream(path);
    }

    @Override
    public void close() {
      try {
        part.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

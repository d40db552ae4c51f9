package dev.quorate.node.replication;

import dev.quorate.node.storage.SnapshotArchive;
import java.io.InputStream;

/** The whole state at one revision as a stream of bytes; it takes space until it is closed. */
public interface SnapshotExport extends AutoCloseable {
  /** The newest revision in it. */
  long revision();

  /** All bytes of {@link #open}. */
  long sizeBytes();

  InputStream open();

  @Override
  void close();

  /** Of an archive that was made; closing does what {@code release} does. */
  static SnapshotExport of(SnapshotArchive archive, long revision, Runnable release) {
    return new SnapshotExport() {
      @Override
      public long revision() {
        return revision;
      }

      @Override
      public long sizeBytes() {
        return archive.sizeBytes();
      }

      @Override
      public InputStream open() {
        return archive.open();
      }

      @Override
      public void close() {
        release.run();
      }
    };
  }
}

package dev.quorate.node.storage.recorded;

import dev.quorate.raft.check.Bytes;
import java.nio.file.Path;
import java.util.Map;

/** What a program does to a disk, one call after the other. Paths begin at the disk's root. */
public sealed interface DiskChange {
  record DirectoryMade(Path directory) implements DiskChange {}

  /** The name is used from now on under this id, whatever it is renamed to. */
  record Opened(Path file, long id) implements DiskChange {}

  record Written(long id, long position, Bytes data) implements DiskChange {}

  record Cut(long id, long sizeBytes) implements DiskChange {}

  record FileSynced(long id) implements DiskChange {}

  /** Of a directory: the names in it. */
  record PathSynced(Path path) implements DiskChange {}

  record Moved(Path from, Path to) implements DiskChange {}

  record Removed(Path path) implements DiskChange {}

  /**
   * A program that is not recorded, RocksDB, has written files in its own directory since the last
   * change. How it syncs is its own affair and tested by its makers: they are durable in there.
   */
  record Appeared(Map<Path, Bytes> files) implements DiskChange {}

  /** Nothing that the disk sees: somebody was told something that must be true after a crash. */
  record Promised(Object what) implements DiskChange {}
}

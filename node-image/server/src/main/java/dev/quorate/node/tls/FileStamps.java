package dev.quorate.node.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what one sees that files are not what they were; links are followed, as in mounted secrets.
 */
record FileStamps(List<Stamp> stamps) {
  /** Of one file; all null if it is not there. */
  record Stamp(@Nullable FileTime modified, long sizeBytes, @Nullable Object key) {}

  private static final Stamp ABSENT = new Stamp(null, -1, null);

  static FileStamps of(List<Path> files) {
    var stamps = new ArrayList<Stamp>();
    for (Path file : files) {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.add(
            new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
      } catch (IOException _) {
        stamps.add(ABSENT);
      }
    }
    return new FileStamps(stamps);
  }
}

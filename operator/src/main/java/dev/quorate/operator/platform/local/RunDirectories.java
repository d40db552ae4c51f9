package dev.quorate.operator.platform.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with run directories as a whole. */
public final class RunDirectories {
  private static final Logger log = LoggerFactory.getLogger(RunDirectories.class);

  private RunDirectories() {}

  /** The operator's own log. */
  public static Path log(Path directory) {
    return directory.resolve("operator.log");
  }

  /**
   * Whether all in the directory is, or will be, of a cluster that runs here: it is new, holds
   * nothing but the manifest, or was made for that. In another one nothing is written or deleted.
   */
  public static boolean isOurs(Path directory, Path manifest) throws IOException {
    if (!Files.exists(directory) || RunDirectory.isOne(directory)) {
      return true;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      var known = manifest.toAbsolutePath().normalize();
      return entries.allMatch(entry -> entry.toAbsolutePath().normalize().equals(known));
    }
  }

  /** Deletes the directory with all members and their data. */
  public static void delete(Path directory) {
    try {
      MemberDirectory.deleteTree(directory);
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", directory, e.toString());
    }
  }
}

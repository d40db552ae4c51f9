package dev.quorate.operator.platform.local;

import java.io.IOException;
import java.nio.file.Path;
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

  /** Deletes the directory with all members and their data. */
  public static void delete(Path directory) {
    try {
      MemberDirectory.deleteTree(directory);
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", directory, e.toString());
    }
  }
}

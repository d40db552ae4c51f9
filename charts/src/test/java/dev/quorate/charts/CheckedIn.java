package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is made from others, and checked in all the same for those who only read it. */
final class CheckedIn {
  private CheckedIn() {}

  /** Fails if the file is not what is made now; with {@code -Drewrite=true} it is written anew. */
  static void compare(Path file, String made) {
    if (Boolean.getBoolean("rewrite")) {
      try {
        Files.createDirectories(file.getParent());
        Files.writeString(file, made);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertThat(file).as("written anew by: ./mvnw -pl charts test -Drewrite=true").hasContent(made);
  }
}

package dev.quorate.node.flags;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A path that a flag names. */
public final class FlagPath {
  private FlagPath() {}

  /** Reads a path; whether there is anything is for others. */
  public static Path parse(String flag, String text) throws ConfigException {
    try {
      return Path.of(text);
    } catch (InvalidPathException _) {
      // A NUL, or letters that names of files cannot hold in this locale.
      throw new ConfigException("%s: \"%s\" is not a path".formatted(flag, text));
    }
  }
}

package dev.quorate.operator.platform.local;

import java.nio.file.Path;
import java.util.List;

/** A manifest that cannot be used; the message names the file and every complaint. */
public final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  ManifestException(Path file, List<String> complaints) {
    super(file + ": " + String.join("; ", complaints));
  }
}

package dev.quorate.operator.platform.local;

import java.nio.file.Path;
import java.util.List;

/** A manifest that cannot be used; the message names the file and every complaint. */
public final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  ManifestException(Path file, List<String> complaints) {
    this(file, String.join("; ", complaints));
  }

  private ManifestException(Path file, String reason) {
    super(file + ": " + reason);
    this.reason = reason;
  }

  /** Every complaint, for those who know the file. */
  public String reason() {
    return reason;
  }
}

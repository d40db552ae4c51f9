package dev.quorate.operator.platform.local;

import dev.quorate.crds.RaftClusterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what asks for another program than the one that all members here are started with: a spec
 * that is accepted and not obeyed would be a lie.
 */
final class OneProgram {
  private final NodeLauncher launcher;
  private @Nullable String version;

  OneProgram(NodeLauncher launcher) {
    this.launcher = launcher;
  }

  void requireMeant(Path manifest, RaftClusterSpec spec) throws ManifestException {
    if (spec.image() != null) {
      throw new ManifestException(
          manifest,
          List.of(
              "spec.image is given, and no images run on this machine, but %s: leave it out"
                  .formatted(launcher.program())));
    }
    var wanted = spec.version();
    if (wanted != null && !wanted.equals(version(manifest))) {
      throw new ManifestException(
          manifest,
          List.of(
              "spec.version is %s, and all members here run %s, which is %s: put that version, leave it out, or start again with another --node-program"
                  .formatted(wanted, launcher.program(), version(manifest))));
    }
  }

  /** Asked once, and only if somebody wants to know: it takes a moment. */
  private String version(Path manifest) throws ManifestException {
    try {
      if (version == null) {
        var told = launcher.version();
        version = told.isEmpty() ? "of no known version" : told;
      }
      return version;
    } catch (IOException e) {
      throw new ManifestException(
          manifest,
          List.of("spec.version cannot be compared with that of the program: " + e.getMessage()));
    }
  }
}

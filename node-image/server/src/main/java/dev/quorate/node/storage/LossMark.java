package dev.quorate.node.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that says that damage was found in a directory, and what: a {@link SealedFile} with a
 * text. It is never removed: what was once damaged may read well the next time, and what it says
 * cannot be trusted.
 */
final class LossMark {
  static final String NAME = "lost";

  private static final SealedFile FORM = new SealedFile(0x51554F524C4F5354L, 1); // "QUORLOST"

  private LossMark() {}

  /** What was found; null if there is no mark. */
  static @Nullable String read(Path root) throws IOException {
    Path mark = root.resolve(NAME);
    if (!Files.exists(mark)) {
      return null;
    }
    var content = FORM.read(mark);
    return content == null
        ? "DATA_LOST: damage was found here before, and %s, which said where, is damaged too: remove this member from the cluster and add a new one in its place"
            .formatted(mark)
        : StandardCharsets.UTF_8.decode(content).toString();
  }

  static void write(Path root, String what) throws IOException {
    FORM.write(root, NAME, what.getBytes(StandardCharsets.UTF_8));
  }
}

package dev.quorate.e2e.machine;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of the repository that the test runs in. */
public final class Checkout {
  public static final Path ROOT = find();

  private Checkout() {}

  public static String path(String relative) {
    Path path = ROOT.resolve(relative);
    if (!Files.exists(path)) {
      throw new AssertionError(path + " is missing: build with ./mvnw package first");
    }
    return path.toString();
  }

  private static Path find() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "no folder with mvnw above " + Path.of("").toAbsolutePath() + ": run in a checkout");
  }
}

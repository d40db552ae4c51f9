package dev.quorate.e2e.kubernetes;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The images of node and operator, built by the same script that makes those of a release. */
final class Images {
  private Images() {}

  static List<Path> build() throws IOException {
    Path folder = Files.createDirectories(Checkout.ROOT.resolve("e2e/target/images"));
    Output.of(
            Duration.ofMinutes(10),
            "",
            List.of(Checkout.path("node-image/image/build"), folder.toString()))
        .orFail();
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".tar")).sorted().toList();
    }
  }
}

package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the programs answer before they begin to work. */
final class ProgramArgumentsIT {
  @TempDir private Path directory;

  @Test
  void nodeAndOperatorAreOfTheSameVersion() {
    var node = version("node-image/server/target/dist/bin/quorate-node");
    assertThat(node).matches("\\d+\\.\\d+\\.\\d+\\S*");
    assertThat(version("operator/target/dist/bin/quorate-operator")).isEqualTo(node);
  }

  private static String version(String program) {
    var output =
        Output.of(Duration.ofSeconds(30), "", List.of(Checkout.path(program), "--version"));
    return output.orFail().lines().findFirst().orElseThrow().replaceFirst("^\\D*", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hlep", "nodde"})
  void anImageBuildRefusesWhatItDoesNotKnowBeforeItBegins(String argument) {
    var images = directory.resolve("images");
    var cache = directory.resolve("cache");
    var output =
        Output.of(
            Duration.ofSeconds(30),
            "",
            List.of(
                "env",
                "QUORATE_CACHE=" + cache,
                Checkout.path("node-image/image/build"),
                images.toString(),
                "node",
                argument));
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(output.err().lines()).singleElement().asString().contains(argument, "--help");
    assertThat(images).doesNotExist();
    assertThat(cache).doesNotExist();
  }
}

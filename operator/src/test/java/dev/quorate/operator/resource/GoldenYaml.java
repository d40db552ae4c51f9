package dev.quorate.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Compares objects with a checked-in YAML file; {@code -Drewrite=true} writes the file anew. */
final class GoldenYaml {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  private GoldenYaml() {}

  static void assertSame(String file, List<? extends HasMetadata> objects) {
    String yaml =
        objects.stream()
            .map(object -> Serialization.asYaml(object).replaceFirst("^---\n", "").strip())
            .collect(Collectors.joining("\n---\n", "", "\n"));
    Path path = FOLDER.resolve(file);
    try {
      if (Boolean.getBoolean("rewrite")) {
        Files.writeString(path, yaml);
      }
      assertThat(yaml)
          .as("%s; if the change is meant, run the test with -Drewrite=true and look at it", path)
          .isEqualTo(Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.quorate.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in CRD is the one that the types make. */
class CrdTest {
  private static final Path CHECKED_IN =
      Path.of("src", "main", "resources", "raftclusters.quorate.dev-v1.yml");

  @Test
  void checkedInYamlIsWhatTheTypesMake(@TempDir Path directory) throws IOException {
    var generated = CrdYaml.generate(directory);
    if (Boolean.getBoolean("rewrite")) {
      Files.createDirectories(CHECKED_IN.getParent());
      Files.writeString(CHECKED_IN, generated);
    }
    assertThat(CHECKED_IN)
        .as("written anew by: ./mvnw -pl crds test -Dtest=CrdTest -Drewrite=true")
        .hasContent(generated);
  }
}

package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options that a node is started with make of the memory of its machine or container. */
final class JvmOptionsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "512m, 134217728",
    "1g, 268435456",
    "4g, 1073741824",
    "8g, 2147483648",
    "64g, 2147483648"
  })
  void theHeapMayTakeAQuarterOfTheMemoryAndTwoGibibytes(String memory, String heapBytes)
      throws Exception {
    var options = directory.resolve("jvm.options");
    Files.writeString(
        options, Files.readString(Path.of("src/dist/jvm.options")).replace("@JVM_FLAGS@", ""));
    var java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + options,
                "-XX:MaxRAM=" + memory, // Stands for what there is.
                "-XX:+PrintFlagsFinal",
                "-version")
            .redirectErrorStream(true)
            .start();
    var printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(printed).isZero();
    assertThat(printed.lines().map(line -> line.strip().split("\\s+")))
        .anySatisfy(flag -> assertThat(flag).startsWith("size_t", "MaxHeapSize", "=", heapBytes));
  }
}

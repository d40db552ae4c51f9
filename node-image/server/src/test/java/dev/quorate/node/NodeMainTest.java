package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node as a process: what its shell and its supervisor see. */
final class NodeMainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void badArgumentsAreOneLineAndNoStart() throws Exception {
    assertThat(run(2, "--election-timeout=1"))
        .containsExactly(
            "quorate-node: --election-timeout: 1 ms is less than 5 times --heartbeat-interval (100 ms): set at least 500");
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void aDirectoryThatIsAFileIsOneLine() throws Exception {
    Path file = Files.writeString(directory.resolve("data"), "mine");
    assertThat(
            run(
                1,
                "--data-dir=" + file,
                "--listen-client-urls=http://127.0.0.1:0",
                "--advertise-client-urls=http://127.0.0.1:1",
                "--listen-peer-urls=http://127.0.0.1:0"))
        .singleElement()
        .asString()
        .startsWith("quorate-node: cannot use the data directory " + file);
    assertThat(file).hasContent("mine");
  }

  @Test
  void aTermSignalEndsItWithSuccess() throws Exception {
    try (var node = new TestNode("one", directory.resolve("data"))) {
      var process = start(node.arguments());
      try {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> isReady(node));
        process.destroy();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static boolean isReady(TestNode node) throws IOException, InterruptedException {
    return node.get("/readyz").statusCode() == 200;
  }

  /** What it says on standard error, after it ended with this code. */
  private List<String> run(int exitCode, String... arguments) throws Exception {
    var process = start(List.of(arguments));
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(exitCode);
      return Files.readAllLines(directory.resolve("stderr"));
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeMain.class.getName()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
    return builder
        .redirectError(directory.resolve("stderr").toFile())
        .redirectOutput(directory.resolve("stdout").toFile())
        .start();
  }
}

package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
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
  void aFullDiskIsOneLineAndNothingIsTouched() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    // No file may grow to what the probe of a start writes: to the process that is a full disk.
    assertThat(runLimited(1, "--data-dir=" + data))
        .singleElement()
        .asString()
        .startsWith("quorate-node: cannot use the data directory " + data)
        .contains("File too large", "check", "that the disk has space");
    try (var left = Files.list(data)) {
      assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("LOCK");
    }
  }

  @Test
  void dataOfANewerProgramIsOneLineAndNothingIsTouched() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    byte[] identity = identityOfVersion(9);
    Path file = Files.write(data.resolve("identity"), identity);
    assertThat(run(1, ports("--data-dir=" + data)))
        .containsExactly(
            "quorate-node: %s has format version 9, this program knows versions up to 1: start a newer quorate-node"
                .formatted(file));
    assertThat(file).hasBinaryContent(identity);
  }

  /** Magic, version, two ids, an empty name, and the checksum over all of it. */
  private static byte[] identityOfVersion(int version) {
    var fields = ByteBuffer.allocate(36);
    fields.put("QUORIDNT".getBytes(StandardCharsets.US_ASCII)).putInt(version);
    var sum = new CRC32C();
    sum.update(fields.array(), 0, 32);
    return fields.putInt(32, (int) sum.getValue()).array();
  }

  private static String[] ports(String... more) {
    return Stream.concat(
            Stream.of(
                "--listen-client-urls=http://127.0.0.1:0",
                "--advertise-client-urls=http://127.0.0.1:1",
                "--listen-peer-urls=http://127.0.0.1:0"),
            Stream.of(more))
        .toArray(String[]::new);
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
    return ended(exitCode, start(List.of(arguments)));
  }

  private List<String> ended(int exitCode, Process process) throws Exception {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(exitCode);
      return Files.readAllLines(directory.resolve("stderr"));
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> runLimited(int exitCode, String... arguments) throws Exception {
    // Blocks of 512 bytes.
    return ended(
        exitCode,
        start(List.of("sh", "-c", "ulimit -f 96; exec \"$@\"", "sh"), List.of(ports(arguments))));
  }

  private Process start(List<String> arguments) throws IOException {
    return start(List.of(), arguments);
  }

  private Process start(List<String> before, List<String> arguments) throws IOException {
    var command = new ArrayList<>(before);
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

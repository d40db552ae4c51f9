package dev.quorate.e2e.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A quickstart that runs, seen from outside: its output, its files, its processes. */
final class Quickstart implements AutoCloseable {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final int CONTROL_C = 3;
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Quickstart(Process process) {
    this.process = process;
    Thread.ofVirtual().name("quickstart output").start(this::read);
  }

  /**
   * @param temporary where it makes its directory
   */
  static Quickstart start(Path temporary) throws IOException {
    return start(new ProcessBuilder(program()), temporary);
  }

  /** The same on a terminal, of which the keyboard is ours. */
  static Quickstart startOnTerminal(Path temporary) throws IOException {
    // Who starts the build in the background may have its children ignore Ctrl-C; a terminal does
    // not.
    var builder =
        new ProcessBuilder(
            "env", "--default-signal=INT", "script", "-q", "-c", program(), "/dev/null");
    builder.environment().put("TERM", "xterm");
    return start(builder, temporary);
  }

  private static Quickstart start(ProcessBuilder builder, Path temporary) throws IOException {
    builder.environment().put("TMPDIR", temporary.toString());
    return new Quickstart(builder.redirectErrorStream(true).start());
  }

  static String program() {
    return checkout().resolve("quickstart").toString();
  }

  private static Path checkout() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("quickstart"))) {
        return folder;
      }
    }
    throw new IllegalStateException("run in a checkout: there is no quickstart above this folder");
  }

  private void read() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException _) {
      // It was killed; what it told before is what there is.
    }
  }

  Path directory() {
    var prefix = "Data and logs: ";
    await("the directory of the quickstart")
        .atMost(LONGEST)
        .failFast(this::requireRunning)
        .until(() -> lines.stream().anyMatch(line -> line.startsWith(prefix)));
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> Path.of(line.substring(prefix.length())))
        .findFirst()
        .orElseThrow();
  }

  RaftClusterStatus status() {
    try {
      var file = directory().resolve("status.yaml");
      return Files.exists(file)
          ? YAML.readValue(Files.readString(file), RaftClusterStatus.class)
          : RaftClusterStatus.EMPTY;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> endpoints() {
    return status().members().stream()
        .map(MemberStatus::clientUrl)
        .filter(Objects::nonNull)
        .map(url -> url.substring(url.indexOf("//") + 2))
        .toList();
  }

  void scale(int replicas) throws IOException {
    var manifest = directory().resolve("quickstart.yaml");
    var text = Files.readString(manifest).replaceAll("replicas: \\d", "replicas: " + replicas);
    Files.writeString(manifest, text);
  }

  void hibernate(boolean hibernated) throws IOException {
    var manifest = directory().resolve("quickstart.yaml");
    var text =
        Files.readString(manifest)
            .replaceAll(
                "spec:\n(  hibernated: \\w+\n)?", "spec:\n  hibernated: " + hibernated + "\n");
    Files.writeString(manifest, text);
  }

  /** Waits until this many members are healthy, nothing else is wanted, and the status is so. */
  RaftClusterStatus awaitHealthy(int members, Predicate<RaftClusterStatus> also) {
    return await(members + " healthy members")
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(100))
        .failFast(this::requireRunning)
        .until(
            this::status,
            status ->
                "Healthy".equals(status.summary())
                    && status.members().size() == members
                    && also.test(status));
  }

  private void requireRunning() {
    assertThat(process.isAlive()).as("it ended: %s", lines).isTrue();
  }

  /** The process of a member, which runs. */
  ProcessHandle member(String name) {
    return running(name).orElseThrow(() -> new AssertionError(name + " does not run"));
  }

  /** The process of a member, found by its arguments; none while it is not started again. */
  Optional<ProcessHandle> running(String name) {
    return members().stream()
        .filter(
            handle ->
                Arrays.asList(handle.info().arguments().orElse(new String[0]))
                    .contains("--name=" + name))
        .findFirst();
  }

  List<ProcessHandle> members() {
    return process.children().filter(ProcessHandle::isAlive).toList();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Presses Ctrl-C, which reaches all processes on the terminal, and waits. */
  boolean interrupt() throws IOException, InterruptedException {
    process.getOutputStream().write(CONTROL_C);
    process.getOutputStream().flush();
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  /** Ends it as a person does, and waits. */
  boolean stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}

package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that the benchmark started; ended by its process id, and with the benchmark. */
final class Program implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;
  private static final int LAST_LINES = 15;

  private final String name;
  private final Process process;
  private final Path output;
  private final Thread endWithUs;

  private Program(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
    this.endWithUs = Thread.ofPlatform().name("end " + name).unstarted(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithUs);
  }

  static Program start(
      String name, Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    var output = folder.resolve(name + ".log");
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return new Program(name, builder.start(), output);
  }

  long pid() {
    return process.pid();
  }

  long residentBytes() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }

  /** Fails with the program's last words if it has ended. */
  void checkRuns() throws IOException {
    if (!process.isAlive()) {
      var lines = Files.readAllLines(output);
      var last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      throw new IOException(
          "%s ended with exit code %d:%n%s"
              .formatted(name, process.exitValue(), String.join(System.lineSeparator(), last)));
    }
  }

  /** Asks it to end and waits until it has; one that does not is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(endWithUs);
    } catch (IllegalStateException _) {
      // The benchmark itself is ending.
    }
  }
}

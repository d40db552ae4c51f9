package dev.quorate.e2e.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The ordinary client as a process, in the network that a prefix of its command leads to, and what
 * it has told so far.
 */
public final class RunningClient implements AutoCloseable {
  private static final Pattern ACKNOWLEDGED = Pattern.compile("acknowledged=(\\d+)");

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private RunningClient(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().name("client output").start(this::read);
  }

  /**
   * Starts the client as a process of its own.
   *
   * @param more a folder with certificates and the name of the server, for a client with TLS
   */
  public static RunningClient start(List<String> prefix, String endpoints, String... more) {
    var command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            // Surefire puts only a launcher on the class path and keeps the real one here.
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ClientMain.class.getName(),
            endpoints));
    command.addAll(List.of(more));
    try {
      return new RunningClient(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the client", e);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException _) {
      // The client was killed; what it told before is what there is.
    }
  }

  /** Returns when this many more writes were acknowledged than before: the cluster serves. */
  public void awaitWrites(int more) {
    long target = acknowledged() + more;
    await("the client's next " + more + " acknowledged writes")
        .atMost(Duration.ofSeconds(60))
        .failFast("the client ended: " + lines, () -> !process.isAlive())
        .until(() -> acknowledged() >= target);
  }

  private long acknowledged() {
    long last = 0;
    for (String line : lines) {
      var found = ACKNOWLEDGED.matcher(line);
      if (line.startsWith("progress") && found.find()) {
        last = Long.parseLong(found.group(1));
      }
    }
    return last;
  }

  /** Tells the client to finish; it reads everything back, and this is its summary. */
  public List<String> finish() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("the client did not finish: " + lines);
    }
    reader.join();
    return lines.stream().filter(line -> !line.startsWith("progress")).toList();
  }

  /** The same, and what it means. */
  public ClientSummary summary() throws IOException, InterruptedException {
    return new ClientSummary(finish());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

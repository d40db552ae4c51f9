package dev.quorate.e2e.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What a program that was run to its end printed, and how it ended. */
public record Output(String command, int exitCode, String out, String err) {
  /** What our scripts end with where this machine lacks something that they cannot install. */
  private static final int UNSUITABLE = 3;

  /** Runs a program with this input; one that takes longer than the limit is killed. */
  public static Output of(Duration limit, String input, List<String> command) {
    String line = String.join(" ", command);
    try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      Process process = new ProcessBuilder(command).start();
      var out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), readers);
      var err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), readers);
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(UTF_8));
      } catch (IOException _) {
        // It ended without reading its input; its exit code says whether that was right.
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError(line + " took longer than " + limit + "\n" + err.join());
      }
      return new Output(line, process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + line, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + line, e);
    }
  }

  public boolean succeeded() {
    return exitCode == 0;
  }

  /** What it printed, if it succeeded. */
  public String orFail() {
    if (!succeeded()) {
      throw new AssertionError(
          "%s ended with %d%n%s%s".formatted(command, exitCode, out, err).stripTrailing());
    }
    return out.strip();
  }

  /** The same, but the test is skipped where this machine cannot run the program, except in CI. */
  public String orSkip() {
    return unlessUnsuitable().orFail();
  }

  /** Skips the test where this machine cannot run the program, except in CI. */
  public Output unlessUnsuitable() {
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(exitCode).as(err).isNotEqualTo(UNSUITABLE);
    }
    return this;
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

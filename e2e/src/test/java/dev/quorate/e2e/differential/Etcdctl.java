package dev.quorate.e2e.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.e2e.machine.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** etcd's own command line client on one server. */
final class Etcdctl {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String program;
  private final String endpoint;

  /**
   * A client.
   *
   * @param program where it is
   * @param endpoint the address of the server, as {@code 127.0.0.1:2379}
   */
  Etcdctl(String program, String endpoint) {
    this.program = program;
    this.endpoint = endpoint;
  }

  String endpoint() {
    return endpoint;
  }

  Output run(String input, List<String> arguments) {
    return run(LIMIT, input, arguments);
  }

  Output run(Duration limit, String input, List<String> arguments) {
    return Output.of(limit, input, command(arguments));
  }

  /** The first lines of a command that goes on for ever; it is ended then. */
  String firstLines(int count, List<String> arguments) {
    var process = start(arguments);
    try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      return CompletableFuture.supplyAsync(() -> read(output, count))
          .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A command that goes on for ever; whoever starts it ends it. */
  Process start(List<String> arguments) {
    try {
      return new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + program, e);
    }
  }

  private static String read(BufferedReader output, int count) {
    try {
      var lines = new StringBuilder();
      for (int i = 0; i < count; i++) {
        lines.append(output.readLine()).append('\n');
      }
      return lines.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(List<String> arguments) {
    var command = new ArrayList<>(List.of(program));
    command.add("--endpoints=" + endpoint);
    command.add("--dial-timeout=10s");
    command.add("--command-timeout=30s");
    command.addAll(arguments);
    return command;
  }
}

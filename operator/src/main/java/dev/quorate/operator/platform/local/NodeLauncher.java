package dev.quorate.operator.platform.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts the node program for a member. The node's standard input is a pipe that this process holds
 * open: it ends when this process does, however that happens, and so does the node.
 */
record NodeLauncher(Path program) {
  private static final Pattern VERSION = Pattern.compile("quorate-node (\\S+).*");
  private static final long LONGEST_SECONDS = 20;

  /** The version that the program says it is; empty if it does not say. */
  String version() throws IOException {
    var asked =
        new ProcessBuilder(program.toString(), "--version")
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var answer = asked.inputReader(StandardCharsets.UTF_8)) {
      if (!asked.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      return answer
          .lines()
          .map(VERSION::matcher)
          .filter(Matcher::matches)
          .map(match -> match.group(1))
          .findFirst()
          .orElse("");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      asked.destroyForcibly();
    }
  }

  Process start(
      MemberSettings settings, String member, MemberDirectory directory, MemberPorts ports)
      throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--managed",
                "--exit-with-stdin",
                "--name=" + member,
                "--data-dir=" + directory.data(),
                "--listen-client-urls=" + ports.clientUrl(),
                "--advertise-client-urls=" + ports.clientUrl(),
                "--listen-peer-urls=" + ports.peerUrl(),
                "--initial-advertise-peer-urls=" + ports.peerUrl(),
                "--listen-metrics-urls=" + ports.metricsUrl()));
    arguments.addAll(settings.flags());
    var builder = new ProcessBuilder(arguments);
    builder.environment().putAll(settings.variables());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()));
    return builder.start();
  }
}

package dev.quorate.operator.platform.local;

import dev.quorate.crds.EnvironmentVariable;
import dev.quorate.crds.RaftCluster;
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

  Process start(RaftCluster cluster, String member, MemberDirectory directory, MemberPorts ports)
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
    arguments.addAll(flags(cluster));
    var builder = new ProcessBuilder(arguments);
    variables(cluster)
        .forEach(variable -> builder.environment().put(variable.name(), variable.value()));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()));
    return builder.start();
  }

  /** What of the spec a process is given when it starts, and keeps until it ends. */
  static List<String> settings(RaftCluster cluster) {
    var settings = new ArrayList<>(flags(cluster));
    variables(cluster).forEach(variable -> settings.add(variable.name() + "=" + variable.value()));
    return List.copyOf(settings);
  }

  private static List<String> flags(RaftCluster cluster) {
    var raft = cluster.getSpec().raft();
    return List.of(
        "--heartbeat-interval=" + raft.heartbeatMilliseconds(),
        "--election-timeout=" + raft.electionTimeoutMilliseconds());
  }

  private static List<EnvironmentVariable> variables(RaftCluster cluster) {
    var template = cluster.getSpec().podTemplate();
    return template == null ? List.of() : template.env();
  }
}

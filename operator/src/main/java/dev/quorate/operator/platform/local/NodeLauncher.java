package dev.quorate.operator.platform.local;

import dev.quorate.crds.EnvironmentVariable;
import dev.quorate.crds.RaftCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the node program for a member. The node's standard input is a pipe that this process holds
 * open: it ends when this process does, however that happens, and so does the node.
 */
record NodeLauncher(Path program) {
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

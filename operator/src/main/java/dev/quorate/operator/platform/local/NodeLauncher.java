package dev.quorate.operator.platform.local;

import dev.quorate.crds.RaftCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the node program for a member. The node's standard input is a pipe that this process holds
 * open: it ends when this process does, however that happens, and so does the node.
 */
record NodeLauncher(Path program) {
  Process start(RaftCluster cluster, String member, MemberDirectory directory, MemberPorts ports)
      throws IOException {
    var raft = cluster.getSpec().raft();
    var builder =
        new ProcessBuilder(
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
                "--listen-metrics-urls=" + ports.metricsUrl(),
                "--heartbeat-interval=" + raft.heartbeatMilliseconds(),
                "--election-timeout=" + raft.electionTimeoutMilliseconds()));
    var template = cluster.getSpec().podTemplate();
    if (template != null) {
      template
          .env()
          .forEach(variable -> builder.environment().put(variable.name(), variable.value()));
    }
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()));
    return builder.start();
  }
}

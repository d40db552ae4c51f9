package dev.quorate.operator.platform.local;

import dev.quorate.crds.EnvironmentVariable;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.Mark;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What of the spec a process is given when it starts, and keeps until it ends: its template. */
record MemberSettings(List<String> flags, Map<String, String> variables) {
  MemberSettings {
    flags = List.copyOf(flags);
    variables = new TreeMap<>(variables);
  }

  static MemberSettings of(RaftCluster cluster) {
    var raft = cluster.getSpec().raft();
    var template = cluster.getSpec().podTemplate();
    var variables = new TreeMap<String, String>();
    if (template != null) {
      for (EnvironmentVariable variable : template.env()) {
        variables.put(variable.name(), variable.value());
      }
    }
    return new MemberSettings(
        List.of(
            "--heartbeat-interval=" + raft.heartbeatMilliseconds(),
            "--election-timeout=" + raft.electionTimeoutMilliseconds()),
        variables);
  }

  String mark() {
    return Mark.of(flags + " " + variables);
  }
}

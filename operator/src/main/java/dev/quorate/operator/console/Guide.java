package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What people are told to try, with the addresses and directories that are there now. */
record Guide(Path manifest, Path directory) {
  /** What is known before there is a member. */
  List<String> beginning() {
    return List.of(
        "Manifest: %s (edit it: replicas takes effect at once)".formatted(manifest),
        "Data and logs: " + directory,
        "Ctrl-C ends everything. Debian has etcdctl in its package etcd-client.");
  }

  /** Where clients find the cluster. */
  static String endpoints(RaftClusterStatus status) {
    var endpoints = addresses(status);
    return "Endpoints: " + (endpoints.isEmpty() ? "none yet" : endpoints);
  }

  List<String> examples(RaftClusterStatus status) {
    var endpoints = addresses(status);
    var last =
        status.members().stream()
            .filter(Guide::serves)
            .map(MemberStatus::name)
            .reduce((_, next) -> next)
            .orElse("NAME");
    return List.of(
        endpoints(status),
        "Try: etcdctl --endpoints=%s put greeting hello".formatted(endpoints),
        "     etcdctl --endpoints=%s get greeting".formatted(endpoints),
        "     edit replicas in %s".formatted(manifest),
        "     kill -9 PID                 a member comes back",
        "     rm -r %s/members/%s/data    a lost disk: the member is replaced"
            .formatted(directory, last));
  }

  private static String addresses(RaftClusterStatus status) {
    return status.members().stream()
        .filter(Guide::serves)
        .map(MemberStatus::clientUrl)
        .filter(Objects::nonNull)
        .map(url -> url.substring(url.indexOf("//") + 2))
        .collect(Collectors.joining(","));
  }

  /** It does, or will again soon: a member that is started again has the address that it had. */
  private static boolean serves(MemberStatus member) {
    return member.id() != null
        && !"Learner".equals(member.role())
        && !"Lost".equals(member.health());
  }
}

package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
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

  /** Where clients find these members. */
  static String endpoints(List<MemberStatus> serving) {
    var endpoints = addresses(serving);
    return "Endpoints: " + (endpoints.isEmpty() ? "none yet" : endpoints);
  }

  List<String> examples(List<MemberStatus> serving) {
    var endpoints = addresses(serving);
    var last = serving.isEmpty() ? "NAME" : serving.getLast().name();
    return List.of(
        endpoints(serving),
        "Try: etcdctl --endpoints=%s put greeting hello".formatted(endpoints),
        "     etcdctl --endpoints=%s get greeting".formatted(endpoints),
        "     edit replicas in %s".formatted(manifest),
        "     kill -9 PID                 a member comes back",
        "     rm -r %s/members/%s/data    a lost disk: the member is replaced"
            .formatted(directory, last));
  }

  private static String addresses(List<MemberStatus> serving) {
    return serving.stream()
        .map(MemberStatus::clientUrl)
        .filter(Objects::nonNull)
        .map(url -> url.substring(url.indexOf("//") + 2))
        .collect(Collectors.joining(","));
  }
}

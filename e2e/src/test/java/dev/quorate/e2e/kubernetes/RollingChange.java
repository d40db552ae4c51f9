package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.client.RunningClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Changes of the spec of three members while a client writes, reads and checks what it gets. */
final class RollingChange {
  /** What clients of etcd wait for an answer before they call a request failed. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private static final Pattern PAUSE = Pattern.compile("summary longestPauseMilliseconds=(\\d+)");
  private static final List<String> MEMBERS = List.of("demo-0", "demo-1", "demo-2");

  private final RaftClusterUnderTest demo;

  RollingChange(RaftClusterUnderTest demo) {
    this.demo = demo;
  }

  void run(List<String> insideNetwork) throws Exception {
    try (var client = RunningClient.start(insideNetwork, demo.endpoint())) {
      client.awaitWrites(20);
      reachesAllMembersInTurn();
      client.awaitWrites(20);
      stopsAtTheFirstMemberThatDoesNotStart();
      client.awaitWrites(20);
      List<String> summary = client.finish();
      System.out.println(
          "rolling change and bad image, the client's summary:\n  " + String.join("\n  ", summary));
      assertThat(summary).noneMatch(line -> line.startsWith("violation"));
      assertThat(longestPause(summary)).isLessThan(REQUEST_TIMEOUT);
    }
  }

  private void reachesAllMembersInTurn() {
    Map<String, @Nullable String> before = pods();
    long began = System.nanoTime();
    demo.edit(
        """
        {"raft": {"electionTimeoutMilliseconds": 1500},
         "resources": {"requests": {"cpu": "20m"}},
         "podTemplate": {"metadata": {"annotations": {"example.com/note": "second"}}}}
        """);
    demo.awaitState("an update", view -> view.summary().equals("Updating"));
    demo.awaitState("members with the present spec", RollingChange::isUpToDate);
    System.out.println(
        "rolling change of three members: %d s"
            .formatted((System.nanoTime() - began) / 1_000_000_000));
    Map<String, @Nullable String> after = pods();
    for (String member : MEMBERS) {
      assertThat(after.get(member)).as("pod of %s", member).isNotEqualTo(before.get(member));
      assertThat(
              demo.kubectl(
                  "get",
                  "pod",
                  demo.podOf(member),
                  "-o",
                  "jsonpath={.spec.containers[0].args} {.metadata.annotations}"
                      + " {.spec.containers[0].resources}"))
          .contains("--election-timeout=1500", "\"example.com/note\":\"second\"", "20m");
    }
    assertThat(demo.events()).contains("UpdateMemberStarted", "LeaderChanged");
  }

  private void stopsAtTheFirstMemberThatDoesNotStart() {
    Map<String, @Nullable String> before = pods();
    long began = System.nanoTime();
    demo.edit(
        """
        {"image": {"repository": "quorate.dev/node", "tag": "misspelled", "pullPolicy": "Never"}}
        """);
    RaftClusterView stopped =
        demo.awaitState(
            "an update that was put back",
            view ->
                view.condition("UpToDate", "reason").equals("UpdateRolledBack")
                    && view.summary().equals("Blocked")
                    && view.isSettled(3));
    System.out.println(
        "a bad image: put back and all members healthy after %d s"
            .formatted((System.nanoTime() - began) / 1_000_000_000));
    assertThat(stopped.condition("UpToDate", "message"))
        .contains("and was taken back there")
        .contains("ErrImageNeverPull")
        .contains("change the spec to try again");
    assertThat(demo.events()).contains("RollBackMemberStarted", "Blocked");
    Map<String, @Nullable String> after = pods();
    assertThat(MEMBERS.stream().filter(member -> !same(before, after, member)))
        .as("members that were touched")
        .hasSize(1);

    demo.edit("{\"image\": null}");
    demo.awaitState("members with the present spec", RollingChange::isUpToDate);
    assertThat(pods()).as("going back restarts nobody").isEqualTo(after);
  }

  private static boolean isUpToDate(RaftClusterView view) {
    return view.isSettled(3)
        && view.condition("UpToDate").equals("True")
        && view.summary().equals("Healthy");
  }

  private static boolean same(
      Map<String, @Nullable String> before, Map<String, @Nullable String> after, String member) {
    String uid = before.get(member);
    return uid != null && uid.equals(after.get(member));
  }

  private Map<String, @Nullable String> pods() {
    var uids = new TreeMap<String, @Nullable String>();
    MEMBERS.forEach(member -> uids.put(member, demo.uid("pod", demo.podOf(member))));
    return uids;
  }

  private static Duration longestPause(List<String> summary) {
    return summary.stream()
        .map(PAUSE::matcher)
        .filter(Matcher::matches)
        .map(match -> Duration.ofMillis(Long.parseLong(match.group(1))))
        .findFirst()
        .orElseThrow();
  }
}

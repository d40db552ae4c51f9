package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What people do to three members that run: hand leadership over, restart one, change the spec, and
 * change it to what does not run. None of it costs an ordinary client a request.
 */
final class RollingChange {
  private static final List<String> MEMBERS = List.of("demo-0", "demo-1", "demo-2");

  private final RaftClusterUnderTest demo;

  RollingChange(RaftClusterUnderTest demo) {
    this.demo = demo;
  }

  void run() throws Exception {
    var trial = new Trial(demo);
    trial.playUnnoticed("leadership handed over by etcdctl", this::movesLeadership);
    trial.playUnnoticed("leader's pod deleted", this::restartsLeader);
    trial.playUnnoticed("rolling change of three members", this::reachesAllMembersInTurn);
    trial.playUnnoticed("image that nobody has", this::stopsAtTheFirstMemberThatDoesNotStart);
  }

  private Duration movesLeadership() {
    RaftClusterView before = demo.view();
    RaftClusterView.Member next = before.followers().getFirst();
    long began = System.nanoTime();
    demo.moveLeader(before.leader(), next);
    demo.awaitState(next + " to lead", view -> view.leader().equals(next.name()));
    return since(began);
  }

  /** Its process hands leadership over before it ends. */
  private Duration restartsLeader() {
    String leader = demo.view().leader();
    String pod = demo.podOf(leader);
    String before = demo.uid("pod", pod);
    long began = System.nanoTime();
    demo.kubectl("delete", "pod", pod);
    demo.awaitState(
        "the member to be back",
        view -> {
          String now = demo.uid("pod", pod);
          return now != null && !now.equals(before) && view.isSettled(3);
        });
    assertThat(demo.view().leader()).isNotEqualTo(leader);
    return since(began);
  }

  private Duration reachesAllMembersInTurn() {
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
    Duration took = since(began);
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
    return took;
  }

  private Duration stopsAtTheFirstMemberThatDoesNotStart() {
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
    Duration took = since(began);
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
    return took;
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

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}

package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.client.RunningClient;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The leading operator is killed in the middle of all that is done to a cluster that runs, kind by
 * kind, and the next one finishes it: an update and one that is put back, leadership that leaves a
 * machine, a lost member, volumes that grow and that become smaller, sleep and waking.
 */
final class DyingLeaders {
  private static final int SOME_WRITES = 20;
  private static final int MEMBERS = 3;
  private static final int MOST_TRIES = 3;

  private final KubernetesUnderTest kubernetes;
  private final RaftClusterUnderTest demo;

  DyingLeaders(KubernetesUnderTest kubernetes, RaftClusterUnderTest demo) {
    this.kubernetes = kubernetes;
    this.demo = demo;
  }

  void run() throws Exception {
    try (var killer = new LeaderKiller(kubernetes, demo, MOST_TRIES)) {
      try (RunningClient client = demo.startClient()) {
        client.awaitWrites(SOME_WRITES);
        play("leadership moves", this::movesLeadership);
        play("update", this::updates);
        play("update put back", this::putsBack);
        play("volumes grow", this::growsVolumes);
        play("lost member", this::replacesLostMember);
        play("smaller volumes", this::shrinksVolumes);
        client.awaitWrites(SOME_WRITES);
        assertThat(client.summary().violations()).isEmpty();
      }
      assertThat(demo.etcdctl("put", "before", "kept")).isEqualTo("OK");
      play("sleep and waking", this::sleepsAndWakes);
      assertThat(demo.etcdctl("get", "before", "--print-value-only")).isEqualTo("kept");
      System.out.println("the leading operator was killed in " + killer.killedIn());
      assertThat(operations(killer.killedIn()))
          .contains("TransferLeadership", "UpdateMember", "RollBackMember", "GrowVolume")
          .contains("ReplaceMember", "AddMember", "RemoveMember", "Hibernating", "Starting");
    }
  }

  private static void play(String name, Runnable change) {
    long began = System.nanoTime();
    change.run();
    System.out.printf(
        "leaders die: %s in %.1f s%n",
        name, Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0);
  }

  private void movesLeadership() {
    String leader = demo.awaitSettled(MEMBERS).leader();
    String machine = demo.machineOf(leader);
    kubernetes.kubectl("cordon", machine);
    try {
      demo.awaitState(
          "another leader",
          view -> view.isAtRest() && !view.leader().isEmpty() && !view.leader().equals(leader));
    } finally {
      kubernetes.kubectl("uncordon", machine);
    }
    await("rest", _ -> true);
  }

  private void updates() {
    demo.edit("{\"raft\": {\"electionTimeoutMilliseconds\": 1500}}");
    await("members with the present spec", view -> view.condition("UpToDate").equals("True"));
  }

  private void putsBack() {
    demo.edit(
        """
        {"image": {"repository": "quorate.dev/node", "tag": "misspelled", "pullPolicy": "Never"}}
        """);
    demo.awaitState(
        "an update that was put back",
        view ->
            view.isSettled(MEMBERS)
                && view.condition("UpToDate", "reason").equals("UpdateRolledBack")
                && view.step().operation().isEmpty());
    demo.edit("{\"image\": null}");
    await("members with the present spec", view -> view.condition("UpToDate").equals("True"));
  }

  private void growsVolumes() {
    demo.edit("{\"storage\": {\"size\": \"2Gi\"}}");
    for (String member : demo.view().names()) {
      demo.awaitClaim(demo.claimOf(member), "{.status.capacity.storage}", "2Gi");
    }
    await("rest", _ -> true);
  }

  private void replacesLostMember() {
    RaftClusterView.Member victim = demo.view().followers().getFirst();
    demo.kubectl("delete", "pvc", demo.claimOf(victim.name()), "--wait=false");
    demo.kubectl("delete", "pod", demo.podOf(victim.name()), "--wait=false");
    await("a replacement", view -> !view.ids().contains(victim.id()));
  }

  private void shrinksVolumes() {
    Set<String> before = demo.view().ids();
    demo.edit("{\"storage\": {\"size\": \"1Gi\", \"changePolicy\": \"Replace\"}}");
    await("other members", view -> view.ids().stream().noneMatch(before::contains));
    for (String member : demo.view().names()) {
      demo.awaitClaim(demo.claimOf(member), "{.status.capacity.storage}", "1Gi");
    }
  }

  private void sleepsAndWakes() {
    demo.edit("{\"hibernated\": true}");
    demo.awaitState("sleep", view -> view.summary().equals("Hibernated"));
    demo.awaitNone("pods");
    demo.edit("{\"hibernated\": false}");
    await("all to be awake", _ -> true);
  }

  /** All healthy, nothing left to be done, and what was wanted. */
  private void await(String description, Predicate<RaftClusterView> wanted) {
    demo.awaitState(
        description, view -> view.isSettled(MEMBERS) && view.isAtRest() && wanted.test(view));
  }

  private static Set<String> operations(Set<String> steps) {
    return steps.stream()
        .map(step -> step.split("/", 2)[0])
        .collect(Collectors.toUnmodifiableSet());
  }
}

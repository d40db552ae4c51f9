package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.client.RunningClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What happens to three members, and to a client that writes, reads and checks what it gets, when a
 * machine is cordoned, a volume is lost, and a machine dies and comes back.
 */
final class MachineLoss {
  static final int UNREACHABLE_AFTER_SECONDS = 15;

  /** A new member votes so soon after it was proven that the old one is lost. */
  private static final Duration REPLACED_WITHIN = Duration.ofSeconds(60);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final KubernetesUnderTest kubernetes;
  private final RaftClusterUnderTest demo;

  MachineLoss(KubernetesUnderTest kubernetes, RaftClusterUnderTest demo) {
    this.kubernetes = kubernetes;
    this.demo = demo;
  }

  private interface Scenario {
    Duration play();
  }

  void run() throws Exception {
    play("leader's machine cordoned", this::movesLeadershipBeforeADrain);
    play("volume lost", this::replacesMemberThatLostItsVolume);
    if (kubernetes.isOurs()) {
      play("machine dead", this::replacesMemberOfADeadMachine);
    }
  }

  /** Each with a client of its own, so that what it costs is told apart. */
  private void play(String name, Scenario scenario) throws Exception {
    demo.etcdctl(
        "del", "", "--from-key"); // What an earlier client wrote would look like a violation.
    try (var client = RunningClient.start(kubernetes.insideNetwork(), demo.endpoint())) {
      client.awaitWrites(20);
      Duration took = scenario.play();
      client.awaitWrites(20);
      List<String> summary = client.finish();
      System.out.printf(
          "%s: %.1f s; the client's summary:%n  %s%n",
          name, took.toMillis() / 1000.0, String.join("\n  ", summary));
      assertThat(summary).noneMatch(line -> line.startsWith("violation"));
    }
  }

  private Duration movesLeadershipBeforeADrain() {
    RaftClusterView before = demo.view();
    String machine = machineOf(before.leader());
    kubernetes.kubectl("cordon", machine);
    try {
      long began = System.nanoTime();
      demo.awaitState(
          "another leader",
          view -> !view.leader().isEmpty() && !view.leader().equals(before.leader()));
      Duration took = since(began);
      RaftClusterView after = demo.awaitState("rest", RaftClusterView::isAtRest);
      assertThat(took).isLessThan(Duration.ofSeconds(10));
      assertThat(machineOf(after.leader())).isNotEqualTo(machine);
      assertThat(ids(after)).as("nobody is moved at a cordon").isEqualTo(ids(before));
      assertThat(demo.events()).contains("TransferLeadershipStarted");
      return took;
    } finally {
      kubernetes.kubectl("uncordon", machine);
    }
  }

  private Duration replacesMemberThatLostItsVolume() {
    RaftClusterView before = demo.awaitSettled(3);
    RaftClusterView.Member victim = followers(before).getFirst();
    String claim = demo.claimOf(victim.name());
    long began = System.nanoTime();
    demo.kubectl("delete", "pvc", claim, "--wait=false");
    demo.kubectl("delete", "pod", demo.podOf(victim.name()), "--wait=false");
    RaftClusterView after = awaitReplacement(victim);
    Duration took = since(began);
    assertThat(took).isLessThan(REPLACED_WITHIN);
    assertThat(kept(before, after)).isEqualTo(2);
    assertThat(demo.events()).contains("MemberLost", "ReplaceMemberStarted");
    demo.awaitSettled(3);
    return took;
  }

  private Duration replacesMemberOfADeadMachine() {
    RaftClusterView before = demo.awaitSettled(3);
    RaftClusterView.Member victim = spared(before);
    String machine = machineOf(victim.name());
    String claim = demo.claimOf(victim.name());
    Set<String> replaced;
    Duration took;
    kubernetes.node("stop-node", machine);
    try {
      keepsMemberThatTheLeaderHears(before);
      kubernetes.node("kill-node", machine);
      long began = System.nanoTime();
      RaftClusterView after = awaitReplacement(victim);
      took = since(began);
      assertThat(kept(before, after)).isEqualTo(2);
      assertThat(after.members().stream().filter(RaftClusterView.Member::healthyVoter))
          .allSatisfy(member -> assertThat(machineOf(member.name())).isNotEqualTo(machine));
      assertThat(demo.uid("pod", demo.podOf(victim.name())))
          .as("what is left of it is not waited for")
          .isNotNull();
      replaced = ids(after);
    } finally {
      kubernetes.node("start-node", machine);
    }
    long back = System.nanoTime();
    awaitGone("pod", demo.podOf(victim.name()));
    awaitGone("pvc", claim);
    assertThat(demo.uid("statefulset", victim.name())).isNull();
    RaftClusterView settled = demo.awaitSettled(3);
    assertThat(ids(settled)).as("the old one does not disturb").isEqualTo(replaced);
    System.out.printf(
        "machine back: what was left of the old member is gone after %.1f s%n",
        since(back).toMillis() / 1000.0);
    assertThat(took.minusSeconds(UNREACHABLE_AFTER_SECONDS)).isLessThan(REPLACED_WITHIN);
    return took;
  }

  /** Its kubelet does not answer, and its process does all that it should. */
  private void keepsMemberThatTheLeaderHears(RaftClusterView before) {
    demo.awaitState("the machine to be missed", view -> view.condition("Degraded").equals("True"));
    await("nobody to be replaced")
        .during(Duration.ofSeconds(UNREACHABLE_AFTER_SECONDS + 3))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> ids(demo.view()).equals(ids(before)));
  }

  private RaftClusterView awaitReplacement(RaftClusterView.Member victim) {
    return demo.awaitState(
        "a replacement of " + victim,
        view ->
            !ids(view).contains(victim.id())
                && view.members().stream().filter(RaftClusterView.Member::healthyVoter).count() == 3
                && view.condition("Ready").equals("True"));
  }

  private void awaitGone(String kind, String object) {
    await("the end of " + kind + " " + object)
        .atMost(PATIENCE)
        .until(() -> demo.uid(kind, object) == null);
  }

  private static List<RaftClusterView.Member> followers(RaftClusterView view) {
    return view.members().stream().filter(member -> !member.name().equals(view.leader())).toList();
  }

  /** A follower, if possible not on the machine of the leading operator, whose time counts anew. */
  private RaftClusterView.Member spared(RaftClusterView view) {
    var operator = new OperatorUnderTest(kubernetes);
    String machine =
        operator.kubectl("get", "pod", operator.leader(), "-o", "jsonpath={.spec.nodeName}");
    List<RaftClusterView.Member> followers = followers(view);
    return followers.stream()
        .filter(member -> !machineOf(member.name()).equals(machine))
        .findFirst()
        .orElseGet(followers::getFirst);
  }

  private String machineOf(String member) {
    return demo.kubectl("get", "pod", demo.podOf(member), "-o", "jsonpath={.spec.nodeName}");
  }

  /** The members of the configuration; what is left of an earlier one has no identity. */
  private static Set<String> ids(RaftClusterView view) {
    return view.members().stream()
        .map(RaftClusterView.Member::id)
        .filter(id -> !id.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static int kept(RaftClusterView before, RaftClusterView after) {
    var both = new TreeSet<>(ids(before));
    both.retainAll(ids(after));
    return both.size();
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}

package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Output;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What happens to three members, and to a client that writes, reads and checks what it gets, when a
 * machine is cordoned and drained, a volume is lost, and a machine dies and comes back.
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

  void run() throws Exception {
    var trial = new Trial(demo);
    trial.playUnnoticed("leader's machine cordoned", this::movesLeadershipBeforeADrain);
    trial.playUnnoticed("leader's machine drained", this::replacesMemberWhoseVolumeCannotLeave);
    trial.play("volume lost", this::replacesMemberThatLostItsVolume);
    if (kubernetes.isOurs()) {
      trial.play("machine dead", this::replacesMemberOfADeadMachine);
    }
  }

  private Duration movesLeadershipBeforeADrain() {
    RaftClusterView before = demo.view();
    String machine = demo.machineOf(before.leader());
    kubernetes.kubectl("cordon", machine);
    try {
      long began = System.nanoTime();
      demo.awaitState(
          "another leader",
          view -> !view.leader().isEmpty() && !view.leader().equals(before.leader()));
      Duration took = since(began);
      RaftClusterView after = demo.awaitState("rest", RaftClusterView::isAtRest);
      assertThat(took).isLessThan(Duration.ofSeconds(10));
      assertThat(demo.machineOf(after.leader())).isNotEqualTo(machine);
      assertThat(after.ids()).as("nobody is moved at a cordon").isEqualTo(before.ids());
      assertThat(demo.events()).contains("TransferLeadershipStarted");
      return took;
    } finally {
      kubernetes.kubectl("uncordon", machine);
    }
  }

  /** Its pod has no other machine to go to, and waits. */
  private Duration replacesMemberWhoseVolumeCannotLeave() {
    RaftClusterView before = demo.awaitSettled(3);
    RaftClusterView.Member victim = before.memberThatLeads();
    String machine = demo.machineOf(victim.name());
    demo.awaitDisruptionsAllowed(1);
    long began = System.nanoTime();
    try {
      kubernetes.kubectl(
          "drain",
          machine,
          "--pod-selector=app.kubernetes.io/instance=demo",
          "--delete-emptydir-data",
          "--timeout=60s");
      RaftClusterView pending =
          demo.awaitState(
              "a pod that finds no machine",
              view ->
                  view.plan().contains(victim.name() + " to come back before")
                      && view.member(victim.name()).message().contains("finds no machine"));
      assertThat(pending.leader()).as("leadership moved before").isNotIn("", victim.name());
      assertThat(pending.member(victim.name()).message()).contains("node affinity");
      refusesToEvict(pending.members().stream().filter(RaftClusterView.Member::healthyVoter));
      RaftClusterView after = awaitReplacement(victim);
      Duration took = since(began);
      assertThat(took.minusSeconds(UNREACHABLE_AFTER_SECONDS)).isLessThan(REPLACED_WITHIN);
      assertThat(kept(before, after)).isEqualTo(2);
      demo.awaitSettled(3);
      awaitGone("pod", demo.podOf(victim.name()));
      return took;
    } finally {
      kubernetes.kubectl("uncordon", machine);
    }
  }

  /** Another one may not go while one is away. */
  private void refusesToEvict(Stream<RaftClusterView.Member> others) {
    for (RaftClusterView.Member other : others.toList()) {
      Output refusal = demo.tryEvict(other.name());
      assertThat(refusal.succeeded()).as("eviction of %s", other).isFalse();
      assertThat(refusal.err())
          .contains("TooManyRequests", "would violate the pod's disruption budget");
    }
  }

  private Duration replacesMemberThatLostItsVolume() {
    RaftClusterView before = demo.awaitSettled(3);
    RaftClusterView.Member victim = crowded(before);
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
    String machine = demo.machineOf(victim.name());
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
          .allSatisfy(member -> assertThat(demo.machineOf(member.name())).isNotEqualTo(machine));
      assertThat(demo.uid("pod", demo.podOf(victim.name())))
          .as("what is left of it is not waited for")
          .isNotNull();
      replaced = after.ids();
    } finally {
      kubernetes.node("start-node", machine);
    }
    long back = System.nanoTime();
    awaitGone("pod", demo.podOf(victim.name()));
    awaitGone("pvc", claim);
    assertThat(demo.uid("statefulset", victim.name())).isNull();
    RaftClusterView settled = demo.awaitSettled(3);
    assertThat(settled.ids()).as("the old one does not disturb").isEqualTo(replaced);
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
        .until(() -> demo.view().ids().equals(before.ids()));
  }

  private RaftClusterView awaitReplacement(RaftClusterView.Member victim) {
    return demo.awaitState(
        "a replacement of " + victim,
        view ->
            !view.ids().contains(victim.id())
                && view.members().stream().filter(RaftClusterView.Member::healthyVoter).count() == 3
                && view.condition("Ready").equals("True"));
  }

  private void awaitGone(String kind, String object) {
    await("the end of " + kind + " " + object)
        .atMost(PATIENCE)
        .until(() -> demo.uid(kind, object) == null);
  }

  /** A follower, if possible one beside another member, so that its successor is elsewhere. */
  private RaftClusterView.Member crowded(RaftClusterView view) {
    List<RaftClusterView.Member> followers = view.followers();
    return followers.stream()
        .filter(member -> !isAlone(member, view))
        .findFirst()
        .orElseGet(followers::getFirst);
  }

  private boolean isAlone(RaftClusterView.Member member, RaftClusterView view) {
    String machine = demo.machineOf(member.name());
    return view.members().stream().filter(m -> demo.machineOf(m.name()).equals(machine)).count()
        == 1;
  }

  /**
   * A follower that is alone on its machine, if possible not on that of the leading operator, whose
   * time counts anew.
   */
  private RaftClusterView.Member spared(RaftClusterView view) {
    var operator = new OperatorUnderTest(kubernetes);
    String machine =
        operator.kubectl("get", "pod", operator.leader(), "-o", "jsonpath={.spec.nodeName}");
    List<RaftClusterView.Member> followers =
        view.followers().stream().filter(member -> isAlone(member, view)).toList();
    assertThat(followers).as("followers alone on their machines").isNotEmpty();
    return followers.stream()
        .filter(member -> !demo.machineOf(member.name()).equals(machine))
        .findFirst()
        .orElseGet(followers::getFirst);
  }

  private static int kept(RaftClusterView before, RaftClusterView after) {
    var both = new TreeSet<>(before.ids());
    both.retainAll(after.ids());
    return both.size();
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}

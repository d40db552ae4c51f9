package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The charts on a real Kubernetes with a real Helm, and the operator that they install. */
@ExtendWith(FailureReport.class)
class HelmIT {
  private static final String DEFINITION = "raftclusters.quorate.dev";
  private static final Pattern METRIC =
      Pattern.compile("\\b(etcd|quorate|grpc_server|process)_[a-z_]+\\b");

  /** No series of it is there while all is well; a test of the node sees it. */
  private static final String TOLD_WHEN_FAULTY = "quorate_node_fault";

  @RegisterExtension
  static final StartedKubernetes STARTED = new StartedKubernetes(HelmIT::installOperator);

  private static void installOperator(KubernetesUnderTest kubernetes) {
    var release = new OperatorRelease(kubernetes);
    release.prepareNamespace();
    release.install();
  }

  private static KubernetesUnderTest kubernetes() {
    return STARTED.kubernetes();
  }

  @Test
  void chartsInstallTestUpgradeAndLeaveClustersAlone(@TempDir Path directory) throws IOException {
    var release = new OperatorRelease(kubernetes());
    release.test();
    var demo = new RaftClusterUnderTest(kubernetes(), "charts", "demo");
    demo.prepareNamespace();
    cluster("install", "--set=storage.size=1Gi");
    demo.awaitSettled(3);
    cluster("test");
    metricsThatAreAskedForAreTold(demo);
    assertThat(demo.etcdctl("put", "first", "kept")).isEqualTo("OK");
    Set<String> pods = pods(demo);

    release.upgradeTo(nextVersion(directory), "--set=resources.requests.cpu=60m");
    assertThat(definition("{.spec.versions[0].schema.openAPIV3Schema.description}"))
        .isEqualTo("A cluster as the next version describes it.");
    cluster("upgrade", "--reuse-values", "--set=storage.size=2Gi");
    demo.awaitClaim(demo.claimOf("demo-0"), "{.status.capacity.storage}", "2Gi");
    demo.awaitSettled(3);
    assertThat(pods(demo))
        .as("no member is restarted by an upgrade of the operator")
        .isEqualTo(pods);

    release.upgradeTo(OperatorRelease.CHART, "--set=resources.requests.cpu=50m");
    var byHelm = release.effect();
    release.uninstall();
    assertThat(release.effect().keySet()).containsExactly("CustomResourceDefinition " + DEFINITION);
    assertThat(demo.view().members()).hasSize(3);
    assertThat(demo.etcdctl("get", "first", "--print-value-only")).isEqualTo("kept");
    assertThat(pods(demo)).isEqualTo(pods);

    String manifest = Checkout.path("operator/manifests/operator.yaml");
    kubernetes().kubectl("apply", "--server-side", "--force-conflicts", "-f", manifest);
    assertThat(release.effect()).as("what the manifest does").isEqualTo(byHelm);
    release.install("--take-ownership", "--force-conflicts");
    assertThat(release.effect()).isEqualTo(byHelm);
    cluster("upgrade", "--reuse-values", "--set=replicas=1");
    demo.awaitSettled(1);
    assertThat(demo.etcdctl("get", "first", "--print-value-only")).isEqualTo("kept");

    cluster("uninstall");
    demo.awaitNone("pods");
    assertThat(demo.kubectl("get", "pvc", "-o", "jsonpath={.items[*].metadata.name}"))
        .as("volumes are kept")
        .contains("data-demo-0-0");
  }

  /** What alerts, dashboards and runbooks ask for is told, by members or by operators. */
  private static void metricsThatAreAskedForAreTold(RaftClusterUnderTest demo) throws IOException {
    var asking = new StringBuilder();
    for (Path folder :
        List.of(Path.of(OperatorRelease.CHART, "files"), Path.of(Checkout.path("docs/runbooks")))) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          asking.append(Files.readString(file));
        }
      }
    }
    Set<String> asked = metrics(asking.toString());
    assertThat(asked).hasSizeGreaterThan(15).contains(TOLD_WHEN_FAULTY);
    asked.remove(TOLD_WHEN_FAULTY);
    String told = demo.metrics("demo-0") + new OperatorUnderTest(kubernetes()).metrics();
    assertThat(metrics(told)).containsAll(asked);
  }

  private static Set<String> metrics(String text) {
    return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static void cluster(String command, String... more) {
    var all = new ArrayList<>(List.of(command, "demo"));
    if (command.equals("install") || command.equals("upgrade")) {
      all.add(Checkout.path("charts/quorate-cluster"));
    }
    all.addAll(List.of("--namespace=charts", "--timeout=180s"));
    all.addAll(List.of(more));
    kubernetes().helm(all.toArray(String[]::new));
  }

  private static String definition(String path) {
    return kubernetes().kubectl("get", "crd", DEFINITION, "-o", "jsonpath=" + path);
  }

  private static Set<String> pods(RaftClusterUnderTest cluster) {
    return cluster.view().members().stream()
        .map(member -> String.valueOf(cluster.uid("pod", cluster.podOf(member.name()))))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The chart with another custom resource definition, as a later version will have. */
  private static String nextVersion(Path directory) throws IOException {
    Path chart = Path.of(OperatorRelease.CHART);
    try (var files = Files.walk(chart)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = directory.resolve(chart.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path definition = directory.resolve("files/crds/raftclusters.quorate.dev-v1.yml");
    Files.writeString(
        definition,
        Files.readString(definition)
            .replace(
                "A Raft key-value cluster that the operator looks after.",
                "A cluster as the next version describes it."));
    return directory.toString();
  }

  @Test
  void anOperatorOfOneNamespaceWorksWithoutSeeingMachinesAndLooksAtNoOther() {
    var mine = new RaftClusterUnderTest(kubernetes(), "team-a", "mine");
    mine.prepareNamespace();
    // The other operator looks after all namespaces, and has to leave this one alone meanwhile.
    var operator = new OperatorUnderTest(kubernetes());
    operator.kubectl("scale", "deployment", OperatorRelease.NAME, "--replicas=0");
    operator.kubectl(
        "wait",
        "--for=delete",
        "pod",
        "--selector=app.kubernetes.io/component=operator",
        "--timeout=60s");
    String[] where = {"--namespace=team-a", "--wait", "--timeout=180s"};
    kubernetes()
        .helm(
            "install",
            "small",
            OperatorRelease.CHART,
            where[0],
            where[1],
            where[2],
            "--set=watch.namespaces={team-a}",
            "--set=crds.enabled=false,rbac.readNodes=false,rbac.aggregateRoles=false,replicas=1");
    kubernetes().helm("test", "small", where[0], where[2]);
    String name = "small-quorate-operator";
    assertThat(kubernetes().kubectl("get", "clusterroles,clusterrolebindings", "-o", "name"))
        .doesNotContain(name);
    assertThat(mine.kubectl("logs", "deployment/" + name))
        .contains("nodes cannot be read", "rbac.readNodes=true");

    var other = new RaftClusterUnderTest(kubernetes(), "team-b", "other");
    other.prepareNamespace();
    kubernetes().apply(Manifests.cluster("team-b", "other", 1, "Delete"));
    kubernetes().apply(Manifests.cluster("team-a", "mine", 3, "Delete"));
    mine.awaitSettled(3);
    assertThat(mine.kubectl("get", "deployment", name, "-o", "jsonpath={.status.readyReplicas}"))
        .as("not seeing machines makes the operator neither unhealthy nor restart")
        .isEqualTo("1");
    assertThat(mine.etcdctl("put", "a", "b")).isEqualTo("OK");
    assertThat(other.view().json().has("status")).as("nobody looks after it").isFalse();

    mine.kubectl("delete", "rolebinding", name + "-clusters");
    Output refused = kubernetes().tryHelm("test", "small", where[0], where[2]);
    assertThat(refused.succeeded()).as("helm test of an operator without rights").isFalse();
    assertThat(mine.kubectl("logs", name + "-check")).contains("may not list raftclusters");

    mine.kubectl("delete", "raftcluster", "mine", "--timeout=120s");
    kubernetes().helm("uninstall", "small", where[0], where[1], where[2]);
    operator.kubectl("scale", "deployment", OperatorRelease.NAME, "--replicas=2");
    other.awaitSettled(1);
    other.kubectl("delete", "raftcluster", "other", "--timeout=120s");
  }

  @Test
  void aClusterReachesItsSpecAlthoughTheLeaderDiesInEveryKindOfStep() throws Exception {
    var steady = new RaftClusterUnderTest(kubernetes(), "failover", "steady");
    steady.prepareNamespace();
    new OperatorUnderTest(kubernetes()).awaitLeading();
    try (var killer = new LeaderKiller(kubernetes(), steady, 1)) {
      kubernetes().apply(Manifests.cluster("failover", "steady", 3, "Delete"));
      steady.awaitSettled(3);
      try (var client = RunningClient.start(kubernetes().insideNetwork(), steady.endpoint())) {
        client.awaitWrites(20);
        steady.kubectl("scale", "raftcluster", "steady", "--replicas=4");
        letTheNewestLead(steady, steady.awaitSettled(4));
        steady.kubectl("scale", "raftcluster", "steady", "--replicas=3");
        RaftClusterView three = steady.awaitSettled(3);
        client.awaitWrites(20);
        if (kubernetes().isOurs()) {
          PodProcess.of(steady.podOf(three.followers().getFirst().name())).stop();
          steady.awaitState("a member that is missed", view -> !view.isSettled(3));
          steady.awaitSettled(3);
        }
        client.awaitWrites(20);
        List<String> summary = client.finish();
        assertThat(summary).noneMatch(line -> line.startsWith("violation"));
        assertThat(summary).anyMatch(line -> line.startsWith("summary acknowledged="));
      }
      System.out.println("the leading operator was killed in " + killer.killedIn());
      assertThat(operations(killer.killedIn()))
          .contains("Bootstrap", "AddMember", "RemoveMember")
          .contains(kubernetes().isOurs() ? "RestartMember" : "Bootstrap");
      assertThat(steady.etcdctl("member", "list").lines())
          .hasSize(3)
          .allMatch(line -> line.contains("started"));
    }
    steady.kubectl("delete", "raftcluster", "steady", "--timeout=120s");
  }

  /** The member that goes next leads then, so that leadership has to be handed over first. */
  private static void letTheNewestLead(RaftClusterUnderTest cluster, RaftClusterView view) {
    RaftClusterView.Member newest =
        view.members().stream()
            .max(Comparator.comparing(RaftClusterView.Member::name))
            .orElseThrow();
    if (!newest.name().equals(view.leader())) {
      cluster.moveLeader(view.leader(), newest);
      cluster.awaitState(newest + " to lead", now -> now.leader().equals(newest.name()));
    }
  }

  private static Set<String> operations(Set<String> steps) {
    return steps.stream()
        .map(step -> step.split("/", 2)[0])
        .collect(Collectors.toUnmodifiableSet());
  }
}

package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Three members that are let sleep, woken, and at last deleted while they sleep. */
final class Hibernation {
  private final RaftClusterUnderTest demo;
  private final OperatorUnderTest operator;

  Hibernation(RaftClusterUnderTest demo, OperatorUnderTest operator) {
    this.demo = demo;
    this.operator = operator;
  }

  void run() {
    assertThat(demo.etcdctl("put", "before", "kept")).isEqualTo("OK");
    String volumes = objects("pvc");
    String identity = clusterId();

    long began = System.nanoTime();
    fallsAsleep();
    report("asleep", began);
    assertThat(objects("pvc")).isEqualTo(volumes);
    assertThat(field("pdb", "demo", "{.status.desiredHealthy}"))
        .as("no alert misses a pod")
        .isEqualTo("0");
    assertThat(field("raftcluster", "demo", "{.status.ready}")).isEqualTo("0/3");
    writesNothingWhileAsleep();

    began = System.nanoTime();
    demo.edit("{\"hibernated\": false}");
    demo.awaitSettled(3);
    report("awake", began);
    assertThat(demo.etcdctl("get", "before", "--print-value-only")).isEqualTo("kept");
    assertThat(objects("pvc")).isEqualTo(volumes);
    assertThat(clusterId()).isEqualTo(identity);
    assertThat(demo.events())
        .contains("Hibernated", "Waking")
        .doesNotContain("QuorumLost", "MemberLost", "MemberRemoved");

    fallsAsleep();
    demo.kubectl("delete", "raftcluster", "demo", "--timeout=120s");
    demo.awaitNone("statefulsets");
    demo.awaitNone("pvc");
  }

  private void fallsAsleep() {
    demo.edit("{\"hibernated\": true}");
    demo.awaitState("sleep", view -> view.summary().equals("Hibernated"));
    demo.awaitNone("pods");
  }

  private void writesNothingWhileAsleep() {
    String before = demo.view().resourceVersion();
    double writes = operator.metric("quorate_operator_writes_total");
    double passes = operator.metric("quorate_operator_reconcile_duration_seconds_count");
    demo.kubectl("annotate", "statefulset", "demo-0", "example.com/look=1");
    await("another look at the cluster")
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> operator.metric("quorate_operator_reconcile_duration_seconds_count"),
            count -> count > passes);
    assertThat(operator.metric("quorate_operator_writes_total")).isEqualTo(writes);
    assertThat(demo.view().resourceVersion()).isEqualTo(before);
  }

  private String clusterId() {
    return field("raftcluster", "demo", "{.status.clusterId}");
  }

  /** Names and UIDs, so that nothing was made anew under the same name. */
  private String objects(String kind) {
    return demo.kubectl(
        "get", kind, "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.uid} {end}");
  }

  private String field(String kind, String name, String path) {
    return demo.kubectl("get", kind, name, "-o", "jsonpath=" + path);
  }

  private static void report(String what, long began) {
    System.out.printf(
        "hibernation on Kubernetes: %s in %s%n", what, Duration.ofNanos(System.nanoTime() - began));
  }
}

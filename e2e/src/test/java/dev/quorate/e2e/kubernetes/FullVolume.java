package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * Three members on volumes that have no more room than their claims ask for, of which one fills,
 * first slowly and then at once.
 */
final class FullVolume {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String FILLING = "demo-1";

  private final RaftClusterUnderTest demo;

  FullVolume(RaftClusterUnderTest demo) {
    this.demo = demo;
  }

  static String manifest(String namespace) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: %s}
        spec:
          replicas: 3
          storage: {size: 512Mi, storageClassName: limited, autogrow: {maxSize: 1600Mi, whenUsedPercent: 60}}
          deletionPolicy: Delete
          tls: {mode: Disabled}
        """
        .formatted(namespace);
  }

  void run() throws IOException {
    assertThat(demo.etcdctl("put", "before", "kept")).isEqualTo("OK");
    String pods = pods();
    var ballast = Path.of(volume()).resolve(".ballast");
    long began = System.nanoTime();
    fill(ballast, 65);
    awaitClaims("640Mi");
    report("all claims grown before a volume was full", began);
    demo.awaitState("rest", RaftClusterView::isAtRest);
    assertThat(log()).doesNotContain("NOSPACE");

    began = System.nanoTime();
    fill(ballast, 95);
    // 608 MiB are used: of 800 and 1000 still too much, of 1250 not half.
    awaitClaims("1250Mi");
    await("puts").atMost(PATIENCE).until(() -> demo.tryEtcdctl("put", "after", "kept").succeeded());
    report("all claims grown three steps and puts served again after a volume was full", began);
    demo.awaitSettled(3);
    awaitClaims("1250Mi");
    assertThat(log()).contains("raising the NOSPACE alarm", "clearing the alarm");
    assertThat(demo.etcdctl("get", "before", "--print-value-only")).isEqualTo("kept");
    assertThat(pods()).as("nothing was restarted").isEqualTo(pods);
    assertThat(demo.kubectl("get", "raft", "demo", "-o", "jsonpath={.spec.storage.size}"))
        .isEqualTo("512Mi");

    fill(ballast, 95);
    awaitClaims("1600Mi");
    demo.awaitState(
        "the limit in its condition",
        view -> view.explanation("Degraded").startsWith("VolumesFull: 60% or more"));
    Files.delete(ballast);
    demo.awaitState("rest", RaftClusterView::isAtRest);
  }

  private void awaitClaims(String size) {
    for (var member : List.of("demo-0", "demo-1", "demo-2")) {
      demo.awaitClaim(demo.claimOf(member), "{.status.capacity.storage}", size);
    }
  }

  /** Where the volume is on this machine. */
  private String volume() {
    String volume =
        demo.kubectl("get", "pvc", demo.claimOf(FILLING), "-o", "jsonpath={.spec.volumeName}");
    return demo.kubectl("get", "pv", volume, "-o", "jsonpath={.spec.local.path}");
  }

  /** Something else takes space, until so much of the volume is used. */
  private static void fill(Path ballast, int percent) throws IOException {
    var mebibyte = new byte[1 << 20];
    try (var file =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      var disk = ballast.toFile();
      long used = disk.getTotalSpace() - disk.getUsableSpace();
      for (long left = disk.getTotalSpace() / 100 * percent - used;
          left > 0;
          left -= mebibyte.length) {
        file.write(mebibyte);
      }
    }
  }

  private String log() {
    return demo.kubectl("logs", demo.podOf(FILLING));
  }

  private String pods() {
    return demo.kubectl(
        "get",
        "pods",
        "--selector=app.kubernetes.io/instance=demo",
        "-o",
        "jsonpath={.items[*].metadata.uid}");
  }

  private static void report(String what, long began) {
    System.out.printf("%s after %.1f s%n", what, (System.nanoTime() - began) / 1e9);
  }
}

package dev.quorate.operator.platform.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.reconcile.ClusterReconciler;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the manifest, with a program in place of the node that never answers. */
class LocalRunnerTest {
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private volatile int wanted;

  @TempDir private Path directory = Path.of("");

  @Test
  void refusesAnotherNameWhileItRuns() throws Exception {
    write("demo", 3);
    try (var connections = new MemberConnections(_ -> {});
        var runner = runner()) {
      Thread.ofVirtual().start(() -> loop(runner, connections));
      await().until(() -> wanted == 3);
      write("other", 5);
      runner.memberChanged();
      await().until(() -> !refused.isEmpty());
      assertThat(refused.getFirst()).contains("default/other").contains("put that name back");
      assertThat(runner.cluster().getMetadata().getName()).isEqualTo("demo");
      write("demo", 1);
      runner.memberChanged();
      await().until(() -> wanted == 1);
    }
  }

  @Test
  void refusesTheDirectoryOfAnotherCluster() throws Exception {
    write("demo", 3);
    try (var earlier = runner()) {
      assertThat(earlier.platform().processIds()).isEmpty();
    }
    write("other", 3);
    assertThatThrownBy(this::runner)
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("default/demo")
        .hasMessageContaining("another run directory");
  }

  @Test
  void takesNoDirectoryForItsOwnThatHoldsOtherThings() throws IOException {
    var manifest = write("demo", 3);
    assertThat(RunDirectories.isOurs(directory, manifest)).isTrue();
    assertThat(RunDirectories.isOurs(directory.resolve("new"), manifest)).isTrue();
    Files.writeString(directory.resolve("precious"), "data");
    assertThat(RunDirectories.isOurs(directory, manifest)).isFalse();
    assertThat(RunDirectory.open(directory).uid()).isNotEmpty();
    assertThat(RunDirectories.isOurs(directory, manifest)).as("an earlier run").isTrue();
  }

  private static void loop(LocalRunner runner, MemberConnections connections) {
    try {
      runner.run(new ClusterReconciler(connections, InstantSource.system(), () -> 1L));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Path write(String name, int replicas) throws IOException {
    var manifest =
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s}
        spec: {replicas: %d, storage: {size: 1Gi}}
        """
            .formatted(name, replicas);
    return Files.writeString(directory.resolve("demo.yaml"), manifest);
  }

  private LocalRunner runner() throws ManifestException, IOException {
    var program = Files.writeString(directory.resolve("node"), "#!/bin/sh\nexec cat > /dev/null\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new LocalRunner(
        directory.resolve("demo.yaml"),
        directory.resolve("run"),
        program,
        InstantSource.system(),
        new LocalRunner.Display() {
          @Override
          public void show(RaftCluster cluster, ReconcileOutcome outcome) {
            wanted = cluster.getSpec().replicas();
          }

          @Override
          public void refuse(String why) {
            refused.add(why);
          }

          @Override
          public void accept() {}

          @Override
          public void hinder(String why) {}
        });
  }
}

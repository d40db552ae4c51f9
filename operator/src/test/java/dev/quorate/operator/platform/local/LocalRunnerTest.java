package dev.quorate.operator.platform.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.reconcile.ClusterReconciler;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Edits of the manifest, with a program in place of the node that never answers. */
class LocalRunnerTest {
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final Deque<Runnable> betweenPasses = new ConcurrentLinkedDeque<>();
  private volatile int wanted;

  private final List<Thread> loops = new ArrayList<>();

  @TempDir private Path directory = Path.of("");

  /** What writes into the directory has ended before that is deleted. */
  @AfterEach
  void awaitLoops() throws InterruptedException {
    for (var loop : loops) {
      assertThat(loop.join(Duration.ofSeconds(30))).as("the runner's loop has ended").isTrue();
    }
  }

  @Test
  void refusesAnotherNameWhileItRuns() throws Exception {
    write("demo", 3);
    try (var connections = new MemberConnections(_ -> {});
        var runner = runner()) {
      loops.add(Thread.ofVirtual().start(() -> loop(runner, connections)));
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

  /** As an API server does. */
  @Test
  void refusesOtherVolumesUnlessTheSpecLetsMembersBeReplaced() throws Exception {
    writeSpec("demo", "{replicas: 3, storage: {size: 2Gi}, tls: {mode: Disabled}}");
    try (var connections = new MemberConnections(_ -> {});
        var runner = runner()) {
      loops.add(Thread.ofVirtual().start(() -> loop(runner, connections)));
      await().until(() -> wanted == 3);
      for (var storage : List.of("{size: 1Gi}", "{size: 2Gi, storageClassName: fast}")) {
        refused.clear();
        writeSpec("demo", "{replicas: 5, storage: %s, tls: {mode: Disabled}}".formatted(storage));
        runner.memberChanged();
        await().until(() -> !refused.isEmpty());
        assertThat(refused.getFirst()).contains("set spec.storage.changePolicy: Replace");
      }
      writeSpec(
          "demo",
          "{replicas: 5, storage: {size: 1Gi, storageClassName: fast, changePolicy: Replace}, tls: {mode: Disabled}}");
      runner.memberChanged();
      await().until(() -> wanted == 5);
      // Taken back together with the policy.
      writeSpec("demo", "{replicas: 1, storage: {size: 2Gi}, tls: {mode: Disabled}}");
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

  @Test
  void writesWhyAnEditIsRefusedIntoItsLog() throws Exception {
    var log = (Logger) LoggerFactory.getLogger(LocalRunner.class);
    var events = new ListAppender<ILoggingEvent>();
    events.start();
    log.addAppender(events);
    write("demo", 3);
    try (var connections = new MemberConnections(_ -> {});
        var runner = runner()) {
      loops.add(Thread.ofVirtual().start(() -> loop(runner, connections)));
      await().until(() -> wanted == 3);
      write("demo", 12);
      runner.memberChanged();
      await().until(() -> !refused.isEmpty());
      assertThat(refused).containsExactly("spec.replicas is 12: must be 1 to 9");
      write("demo", 1);
      runner.memberChanged();
      await().until(() -> wanted == 1);
    } finally {
      log.detachAppender(events);
    }
    assertThat(events.list)
        .filteredOn(event -> event.getLevel() == Level.WARN)
        .singleElement()
        .asString()
        .contains("spec.replicas is 12: must be 1 to 9")
        .contains(directory.resolve("demo.yaml").toString());
  }

  /** Editors empty a file before they fill it. */
  @Test
  void doesNotComplainOfAFileThatIsBeingSaved() throws Exception {
    write("demo", 3);
    try (var connections = new MemberConnections(_ -> {});
        var runner = runner()) {
      betweenPasses.add(() -> overwrite(""));
      betweenPasses.add(() -> overwrite(manifest("demo", spec(5))));
      loops.add(Thread.ofVirtual().start(() -> loop(runner, connections)));
      await().until(() -> wanted == 5);
      assertThat(refused).isEmpty();
      overwrite("");
      await().until(() -> !refused.isEmpty());
      assertThat(refused.getFirst()).contains("must be one RaftCluster");
    }
  }

  @Test
  void refusesAnotherVersionThanThatOfTheProgram() throws Exception {
    writeSpec("demo", "{version: 9.9.9, storage: {size: 1Gi}, tls: {mode: Disabled}}");
    assertThatThrownBy(this::runner)
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("spec.version is 9.9.9")
        .hasMessageContaining("which is 1.2.3");
    writeSpec(
        "demo", "{image: {repository: a, tag: b}, storage: {size: 1Gi}, tls: {mode: Disabled}}");
    assertThatThrownBy(this::runner)
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("spec.image");
    writeSpec("demo", "{version: 1.2.3, storage: {size: 1Gi}, tls: {mode: Disabled}}");
    try (var runner = runner()) {
      assertThat(runner.cluster().getSpec().version()).isEqualTo("1.2.3");
    }
  }

  private static void loop(LocalRunner runner, MemberConnections connections) {
    try {
      runner.run(
          new ClusterReconciler(
              connections, CertificateTimes.DEFAULT, InstantSource.system(), () -> 1L));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Path write(String name, int replicas) throws IOException {
    return writeSpec(name, spec(replicas));
  }

  private static String spec(int replicas) {
    return "{replicas: %d, storage: {size: 1Gi}, tls: {mode: Disabled}}".formatted(replicas);
  }

  private static String manifest(String name, String spec) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s}
        spec: %s
        """
        .formatted(name, spec);
  }

  private void overwrite(String text) {
    try {
      Files.writeString(directory.resolve("demo.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path writeSpec(String name, String spec) throws IOException {
    // At once: a file that is half written is refused as well.
    var next = Files.writeString(directory.resolve("demo.yaml.next"), manifest(name, spec));
    return Files.move(next, directory.resolve("demo.yaml"), StandardCopyOption.REPLACE_EXISTING);
  }

  private LocalRunner runner() throws ManifestException, IOException {
    var program =
        Files.writeString(
            directory.resolve("node"),
            """
            #!/bin/sh
            [ "$1" != --version ] || { echo "quorate-node 1.2.3"; exit 0; }
            exec cat > /dev/null
            """);
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
            var edit = betweenPasses.poll();
            if (edit != null) {
              edit.run();
            }
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

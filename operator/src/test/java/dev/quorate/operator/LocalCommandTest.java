package dev.quorate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.local.LocalRunner;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything runs; a command that is not refused would run on. */
@Timeout(30)
class LocalCommandTest {
  private final StringWriter said = new StringWriter();

  @TempDir private Path directory = Path.of("");

  @Test
  void refusesARunDirectoryThatIsInUseAndTouchesNothing() throws Exception {
    var run = directory.resolve("run");
    var manifest = manifest("{replicas: 3, storage: {size: 1Gi}}");
    try (var first =
        new LocalRunner(manifest, run, program(), InstantSource.system(), new Nobody())) {
      assertThat(first.platform().processIds()).isEmpty();
      Files.createDirectories(run.resolve("members").resolve("demo-0").resolve("data"));
      var before = tree(run);
      int code =
          local(
              "--manifest=" + manifest,
              "--run-dir=" + run,
              "--delete-at-end",
              "--node-program=" + program());
      assertThat(code).isNotZero();
      assertThat(said.toString().lines())
          .singleElement()
          .asString()
          .contains("run directory %s is in use by process ".formatted(run))
          .contains(" %d:".formatted(ProcessHandle.current().pid()))
          .contains("--run-dir");
      assertThat(tree(run)).isEqualTo(before);
    }
  }

  private static List<Path> tree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.sorted().toList();
    }
  }

  private int local(String... arguments) {
    var all = Stream.concat(Stream.of("local"), Stream.of(arguments)).toArray(String[]::new);
    return OperatorMain.commandLine().setErr(new PrintWriter(said, true)).execute(all);
  }

  private Path manifest(String spec) throws IOException {
    var text =
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo}
        spec: %s
        """
            .formatted(spec);
    return Files.writeString(directory.resolve("demo.yaml"), text);
  }

  private Path program() throws IOException {
    var program = Files.writeString(directory.resolve("node"), "#!/bin/sh\nexec cat > /dev/null\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  /** A display that nobody looks at. */
  private static final class Nobody implements LocalRunner.Display {
    @Override
    public void show(RaftCluster cluster, ReconcileOutcome outcome) {}

    @Override
    public void refuse(String why) {}

    @Override
    public void accept() {}

    @Override
    public void hinder(String why) {}
  }
}

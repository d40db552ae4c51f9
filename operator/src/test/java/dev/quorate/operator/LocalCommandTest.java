package dev.quorate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.local.LocalRunner;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

/** What is refused before anything runs; a command that is not refused would run on. */
@Timeout(30)
class LocalCommandTest {
  private final StringWriter said = new StringWriter();

  @TempDir private Path directory = Path.of("");

  @Test
  void refusesARunDirectoryThatIsInUseAndTouchesNothing() throws Exception {
    var run = directory.resolve("run");
    var manifest = manifest("{replicas: 3, storage: {size: 1Gi}, tls: {mode: Disabled}}");
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

  @Test
  void leavesADirectoryAloneThatHoldsOtherThings() throws Exception {
    var run = Files.createDirectories(directory.resolve("run"));
    Files.writeString(run.resolve("precious"), "mine");
    var manifest = manifest("{replicas: 3, storage: {size: 1Gi}}");
    var before = tree(run);
    int code = local("--manifest=" + manifest, "--run-dir=" + run, "--node-program=" + program());
    assertThat(code).isEqualTo(2);
    assertThat(said.toString().strip())
        .isEqualTo(
            "quorate-operator: --run-dir: %s holds other things than a cluster; name a new or empty directory"
                .formatted(run));
    assertThat(tree(run)).isEqualTo(before);
  }

  @Test
  void saysWhyARunDirectoryCannotBeUsed() throws Exception {
    var manifest = manifest("{replicas: 3, storage: {size: 1Gi}, tls: {mode: Disabled}}");
    var file = Files.writeString(directory.resolve("file"), "mine");
    for (var run : List.of(file, file.resolve("run"))) {
      said.getBuffer().setLength(0);
      int code = local("--manifest=" + manifest, "--run-dir=" + run, "--node-program=" + program());
      assertThat(code).isEqualTo(2);
      assertThat(said.toString().strip())
          .isEqualTo(
              "quorate-operator: --run-dir: %s cannot be used: %s; name a directory that can be written"
                  .formatted(run, run.equals(file) ? "it is no directory" : "Not a directory"));
    }
  }

  @Test
  void namesTheOptionThatWasMeantAndNothingElse() {
    assertThat(local("--manifst=demo.yaml")).isEqualTo(2);
    assertThat(said.toString().strip())
        .isEqualTo(
            "quorate-operator: unknown option --manifst: did you mean --manifest? See quorate-operator local --help");
  }

  @Test
  void namesTheCommandThatWasMeant() {
    int code = OperatorMain.commandLine().setErr(new PrintWriter(said, true)).execute("lokal");
    assertThat(code).isEqualTo(2);
    assertThat(said.toString().strip())
        .isEqualTo(
            "quorate-operator: unknown argument lokal: did you mean local? See quorate-operator --help");
  }

  @Test
  void saysWhichOptionIsMissingWithoutTheWholeHelp() {
    assertThat(local("--node-program=node")).isEqualTo(2);
    assertThat(said.toString().lines())
        .singleElement()
        .asString()
        .contains("--manifest=FILE")
        .endsWith("see quorate-operator local --help");
  }

  @Test
  void doesNotShowAsRequiredWhatTheEnvironmentMayGive() {
    var command = Objects.requireNonNull(OperatorMain.commandLine().getSubcommands().get("local"));
    assertThat(command.getUsageMessage(Ansi.OFF)).contains("[--node-program=FILE]");
  }

  @Test
  void tellsOfAMissingManifestAndNothingElse() throws IOException {
    var usual = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      int code = local("--manifest=" + directory.resolve("no.yaml"), "--node-program=" + program());
      assertThat(code).isEqualTo(2);
    } finally {
      System.setOut(usual);
    }
    assertThat(said.toString().lines())
        .singleElement()
        .asString()
        .contains("there is no such file");
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
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

package dev.quorate.operator.platform.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.TlsSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.TemplateChange;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are played by shell scripts here. */
class LocalPlatformTest {
  private static final String RUNS_UNTIL_INPUT_ENDS = "exec cat > /dev/null\n";
  private static final String FAILS = "echo cannot work; exit 7\n";

  @TempDir private Path directory = Path.of("");

  @Test
  void keepsPortsOverRestartsAndSeesProcessAndVolume() throws IOException {
    try (var platform = platform(RUNS_UNTIL_INPUT_ENDS)) {
      platform.createMember(cluster(), "demo-0", null);
      var first = member(platform);
      assertThat(first.process()).isEqualTo(ProcessState.RUNNING);
      assertThat(first.volume()).isEqualTo(VolumeState.PRESENT);

      kill(platform);
      await().until(() -> member(platform).process() == ProcessState.ABSENT);
      platform.createMember(cluster(), "demo-0", null);
      assertThat(member(platform).detail())
          .startsWith("started again, because it ended with exit code 137")
          .endsWith("log.txt");
      assertThat(member(platform).address()).isEqualTo(first.address());
      assertThat(member(platform).process()).isEqualTo(ProcessState.RUNNING);
    }
  }

  @Test
  void seesDeletedDirectoryAsLostVolumeOfMemberThatStillRuns() throws IOException {
    try (var platform = platform(RUNS_UNTIL_INPUT_ENDS)) {
      platform.createMember(cluster(), "demo-0", null);
      var address = Objects.requireNonNull(member(platform).address());
      new MemberDirectory(directory.resolve("members").resolve("demo-0")).delete();
      assertThat(member(platform).volume()).isEqualTo(VolumeState.ABSENT);
      assertThat(member(platform).address()).isEqualTo(address);
    }
  }

  @Test
  void pausesBetweenStartsOfMemberThatKeepsEnding() throws IOException {
    try (var platform = platform(FAILS)) {
      await()
          .until(
              () -> {
                platform.createMember(cluster(), "demo-0", null);
                return member(platform).process() == ProcessState.FAILED;
              });
      assertThat(member(platform).detail()).contains("exit code 7").contains("log.txt");
    }
  }

  @Test
  void leavesNoProcessWhenClosed() throws IOException {
    var platform = platform(RUNS_UNTIL_INPUT_ENDS);
    platform.createMember(cluster(), "demo-0", null);
    long pid = platform.processIds().getOrDefault("demo-0", 0L);
    platform.close();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    platform.createMember(cluster(), "demo-0", null);
    assertThat(platform.processIds()).as("closed is closed").isEmpty();
  }

  @Test
  void keepsWhatAMemberIsStartedWithUntilItIsUpdated() throws IOException {
    try (var platform = platform("echo \"$@\" > \"$0.arguments\"; " + RUNS_UNTIL_INPUT_ENDS)) {
      platform.createMember(cluster(), "demo-0", null);
      var first = Objects.requireNonNull(member(platform).template().running());
      awaitArgument("--election-timeout=1000");

      // Another spec changes nothing by itself, not even when the process ends.
      kill(platform);
      await().until(() -> member(platform).process() == ProcessState.ABSENT);
      platform.createMember(cluster(2000), "demo-0", null);
      assertThat(member(platform).template()).isEqualTo(new Template(first, first));

      var facts = platform.observe(cluster(2000));
      var wanted = Objects.requireNonNull(facts.wantedTemplate());
      platform.updateMember(cluster(2000), "demo-0", new TemplateChange(first, wanted));
      assertThat(member(platform).template().ordered()).isEqualTo(wanted);
      await().until(() -> member(platform).process() == ProcessState.ABSENT);
      platform.createMember(cluster(2000), "demo-0", null);
      awaitArgument("--election-timeout=2000");

      // It can be put back, although the spec asks for something else.
      platform.updateMember(cluster(2000), "demo-0", new TemplateChange(null, first));
      await().until(() -> member(platform).process() == ProcessState.ABSENT);
      platform.createMember(cluster(2000), "demo-0", null);
      assertThat(member(platform).template()).isEqualTo(new Template(first, first));
      awaitArgument("--election-timeout=1000");
    }
  }

  private void awaitArgument(String argument) {
    await()
        .until(
            () -> {
              var file = directory.resolve("node.arguments");
              return Files.exists(file) && Files.readString(file).contains(argument);
            });
  }

  private static ObservedMember member(LocalPlatform platform) {
    return Objects.requireNonNull(platform.observe(cluster()).members().get("demo-0"));
  }

  private static void kill(LocalPlatform platform) {
    long pid = platform.processIds().getOrDefault("demo-0", 0L);
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
  }

  private LocalPlatform platform(String script) throws IOException {
    var program = Files.writeString(directory.resolve("node"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new LocalPlatform(
        RunDirectory.open(directory),
        new NodeLauncher(program),
        InstantSource.system(),
        () -> {},
        _ -> {});
  }

  private static RaftCluster cluster() {
    return cluster(1000);
  }

  private static RaftCluster cluster(int electionTimeoutMilliseconds) {
    var cluster = new RaftCluster();
    cluster.setMetadata(new ObjectMetaBuilder().withName("demo").build());
    cluster.setSpec(
        new RaftClusterSpec(
            1,
            null,
            null,
            new StorageSpec(new Quantity("1Gi"), null),
            null,
            new RaftSpec(100, electionTimeoutMilliseconds),
            DeletionPolicy.RETAIN,
            null,
            UpdatesSpec.DEFAULT,
            RepairSpec.DEFAULT,
            false,
            false,
            TlsSpec.DISABLED));
    return cluster;
  }
}

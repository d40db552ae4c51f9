package dev.quorate.operator.platform.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
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
      platform.createMember(cluster(), "demo-0");
      var first = member(platform);
      assertThat(first.process()).isEqualTo(ProcessState.RUNNING);
      assertThat(first.volume()).isEqualTo(VolumeState.PRESENT);

      kill(platform);
      await().until(() -> member(platform).process() == ProcessState.ABSENT);
      platform.createMember(cluster(), "demo-0");
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
      platform.createMember(cluster(), "demo-0");
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
                platform.createMember(cluster(), "demo-0");
                return member(platform).process() == ProcessState.FAILED;
              });
      assertThat(member(platform).detail()).contains("exit code 7").contains("log.txt");
    }
  }

  @Test
  void leavesNoProcessWhenClosed() throws IOException {
    var platform = platform(RUNS_UNTIL_INPUT_ENDS);
    platform.createMember(cluster(), "demo-0");
    long pid = platform.processIds().getOrDefault("demo-0", 0L);
    platform.close();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    platform.createMember(cluster(), "demo-0");
    assertThat(platform.processIds()).as("closed is closed").isEmpty();
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
    var cluster = new RaftCluster();
    cluster.setMetadata(new ObjectMetaBuilder().withName("demo").build());
    cluster.setSpec(
        new RaftClusterSpec(
            1,
            null,
            null,
            new StorageSpec(new Quantity("1Gi"), null),
            null,
            RaftSpec.DEFAULT,
            DeletionPolicy.RETAIN,
            null,
            false));
    return cluster;
  }
}

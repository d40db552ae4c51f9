package dev.quorate.e2e.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftClusterStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the quickstart says about itself is so. */
class QuickstartIT {
  @Test
  void scalesAndRepairsWithoutLosingAnything(@TempDir Path temporary) throws Exception {
    try (var quickstart = Quickstart.start(temporary);
        var writes = new AcknowledgedWrites(quickstart::endpoints)) {
      long began = System.nanoTime();
      quickstart.awaitHealthy(3, _ -> true);
      writes.start();
      report("three members", began);

      began = System.nanoTime();
      quickstart.scale(5);
      quickstart.awaitHealthy(5, _ -> true);
      quickstart.scale(3);
      quickstart.awaitHealthy(3, _ -> true);
      report("3 -> 5 -> 3", began);

      began = System.nanoTime();
      killedMemberComesBack(quickstart);
      report("killed member", began);

      began = System.nanoTime();
      var replaced = lostDiskIsReplaced(quickstart);
      report("lost disk", began);

      writes.awaitMore(20);
      writes.stop();
      assertThat(writes.missing()).as("acknowledged and not there").isEmpty();
      assertThat(replaced.members()).hasSize(3);
      System.out.printf("quickstart: %d acknowledged writes read back%n", writes.count());

      var members = quickstart.members();
      assertThat(quickstart.stop()).as("ends when told to").isTrue();
      assertGone(members);
      assertThat(temporary).isEmptyDirectory();
    }
  }

  @Test
  void showsALiveTableOnATerminalUntilControlC(@TempDir Path temporary) throws Exception {
    try (var quickstart = Quickstart.startOnTerminal(temporary)) {
      quickstart.awaitHealthy(3, _ -> true);
      await("the table and the hints")
          .until(
              () ->
                  quickstart.lines().stream().anyMatch(line -> line.contains("3/3 ready"))
                      && quickstart.lines().stream().anyMatch(line -> line.startsWith("Try: ")));
      assertThat(quickstart.interrupt()).as("ends by Ctrl-C").isTrue();
      assertThat(quickstart.lines()).anyMatch(line -> line.startsWith("Stopped: "));
      assertThat(temporary).isEmptyDirectory();
    }
  }

  @Test
  void leavesNoProcessWhenItIsKilled(@TempDir Path temporary) throws Exception {
    try (var quickstart = Quickstart.start(temporary)) {
      quickstart.awaitHealthy(3, _ -> true);
      var members = quickstart.members();
      assertThat(members).hasSize(3);
      quickstart.kill();
      assertGone(members);
    }
  }

  @Test
  void refusesUnknownArguments() throws Exception {
    assertRefused(new ProcessBuilder(Quickstart.program(), "--frobnicate"), 2, "--frobnicate");
    assertRefused(new ProcessBuilder(Quickstart.program(), "--help", "more"), 2, "more");
    assertRefused(new ProcessBuilder(Quickstart.program(), "", "more"), 2, "\"\"");
  }

  @Test
  void saysWhatToDoWithoutADirectoryForTheData(@TempDir Path temporary) throws Exception {
    var builder = new ProcessBuilder(Quickstart.program());
    builder.environment().put("TMPDIR", temporary.resolve("nothing").toString());
    assertRefused(builder, 1, "TMPDIR=");
  }

  /** In one line, which has all in it that is to be put right. */
  private static void assertRefused(ProcessBuilder builder, int code, String... words)
      throws Exception {
    var process = builder.redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(code);
    assertThat(said.lines()).singleElement().asString().startsWith("quickstart: ").contains(words);
  }

  private static void killedMemberComesBack(Quickstart quickstart) {
    var leader = Objects.requireNonNull(quickstart.status().leader());
    var killed = quickstart.member(leader);
    killed.destroyForcibly();
    await("the end of " + leader).until(() -> !killed.isAlive());
    quickstart.awaitHealthy(
        3,
        status ->
            names(status).contains(leader)
                && quickstart.running(leader).filter(now -> !now.equals(killed)).isPresent());
  }

  private static RaftClusterStatus lostDiskIsReplaced(Quickstart quickstart) throws Exception {
    var victim = names(quickstart.status()).getFirst();
    var data = quickstart.directory().resolve("members").resolve(victim).resolve("data");
    // Away at once: a tree that is still written to cannot be deleted file by file.
    Files.move(data, data.resolveSibling("deleted"));
    return quickstart.awaitHealthy(3, status -> !names(status).contains(victim));
  }

  private static List<String> names(RaftClusterStatus status) {
    return status.members().stream().map(MemberStatus::name).toList();
  }

  private static void assertGone(List<ProcessHandle> members) {
    await("the end of all members")
        .atMost(Duration.ofSeconds(30))
        .until(() -> members.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static void report(String what, long began) {
    System.out.printf("quickstart: %s in %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }
}

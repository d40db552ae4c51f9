package dev.quorate.e2e.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.crds.MemberStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real members that are let sleep while a client writes, and woken with all their data. */
class HibernationIT {
  @Test
  void keepsEveryAcknowledgedWriteThroughSleep(@TempDir Path temporary) throws Exception {
    try (var quickstart = Quickstart.start(temporary);
        var writes = new AcknowledgedWrites(quickstart::endpoints)) {
      var before = quickstart.awaitHealthy(3, _ -> true);
      writes.start();
      writes.awaitMore(200);

      long began = System.nanoTime();
      quickstart.hibernate(true);
      await("sleep")
          .atMost(Duration.ofMinutes(1))
          .until(() -> "Hibernated".equals(quickstart.status().summary()));
      report("asleep", began);
      assertThat(quickstart.members()).as("processes").isEmpty();
      assertThat(quickstart.status().members())
          .hasSize(3)
          .extracting(MemberStatus::health)
          .containsOnly("Asleep");
      assertThat(quickstart.status().members())
          .extracting(member -> data(quickstart, member))
          .allMatch(Files::isDirectory);

      began = System.nanoTime();
      quickstart.hibernate(false);
      var after = quickstart.awaitHealthy(3, _ -> true);
      report("awake", began);
      writes.awaitMore(20);
      writes.stop();
      assertThat(writes.missing()).as("acknowledged and not there").isEmpty();
      assertThat(after.clusterId()).isEqualTo(before.clusterId());
      assertThat(after.members())
          .extracting(MemberStatus::id)
          .isEqualTo(before.members().stream().map(MemberStatus::id).toList());
      System.out.printf("hibernation: %d acknowledged writes read back%n", writes.count());
    }
  }

  private static Path data(Quickstart quickstart, MemberStatus member) {
    return quickstart.directory().resolve("members").resolve(member.name()).resolve("data");
  }

  private static void report(String what, long began) {
    System.out.printf("hibernation: %s in %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }
}

package dev.quorate.e2e.javascript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import dev.quorate.e2e.machine.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code e2e/javascript}, which calls etcd3 in all its main ways, on three nodes. */
final class JavaScriptClientIT {
  /** The first time Node.js and etcd3 are installed. */
  private static final Duration WITH_INSTALLING = Duration.ofMinutes(10);

  @TempDir private Path directory;

  @Test
  void everyCallIsAnsweredAsEtcdAnswersIt() throws IOException {
    try (var cluster = ProcessCluster.start(directory, 3)) {
      var command = List.of(Checkout.path("e2e/javascript/run"), cluster.endpoints());
      String lines = Output.of(WITH_INSTALLING, "", command).orSkip();
      assertThat(lines.lines()).hasSizeGreaterThan(20).allMatch(line -> line.startsWith("ok "));
      System.out.println(lines);
    }
  }
}

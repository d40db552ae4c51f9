package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prometheus' own judge of rules; where it cannot be had the test is skipped, except in CI. */
final class Promtool {
  private static final int CANNOT_BE_HAD = 3;

  private Promtool() {}

  static void run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(program()));
    command.addAll(List.of(arguments));
    var result = Finished.of(command);
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  private static String program() throws IOException, InterruptedException {
    var found = Finished.of(List.of(Chart.ROOT.resolve("charts/promtool").toString()));
    if (found.exitCode() == CANNOT_BE_HAD && !"true".equals(System.getenv("CI"))) {
      System.out.println("alerts are not checked: " + found.output().strip());
      abort(found.output());
    }
    assertThat(found.exitCode()).as(found.output()).isZero();
    return found.output().lines().reduce((first, last) -> last).orElseThrow();
  }

  private record Finished(int exitCode, String output) {
    static Finished of(List<String> command) throws IOException, InterruptedException {
      var log = Files.createTempFile("promtool", ".log");
      try {
        var process =
            new ProcessBuilder(command)
                .directory(Chart.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
        return new Finished(process.exitValue(), Files.readString(log));
      } finally {
        Files.delete(log);
      }
    }
  }
}

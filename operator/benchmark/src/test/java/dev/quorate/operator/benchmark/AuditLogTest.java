package dev.quorate.operator.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir private Path folder = Path.of("");

  private static String line(String stage, String verb, String resource) {
    return "{\"stage\":\"%s\",\"verb\":\"%s\",\"objectRef\":{\"resource\":\"%s\",\"name\":\"ü\"}}\n"
        .formatted(stage, verb, resource);
  }

  @Test
  void countsWhatWasAnsweredBetweenTwoEnds() throws IOException {
    var log = new AuditLog(Files.createFile(folder.resolve("audit.log")));
    append(log, line("ResponseComplete", "create", "pods"));
    long from = log.end();
    append(
        log,
        line("ResponseComplete", "get", "secrets")
            + line("ResponseStarted", "watch", "pods")
            + line("ResponseComplete", "watch", "pods")
            + line("ResponseComplete", "patch", "statefulsets")
            + line("ResponseComplete", "update", "leases"));
    long to = log.end();
    append(log, line("ResponseComplete", "delete", "pods"));
    var calls = log.calls(from, to);
    assertThat(calls.reads()).isEqualTo(1);
    assertThat(calls.writes()).isEqualTo(1);
    assertThat(calls.watches()).isEqualTo(1);
    assertThat(calls.forLease()).isEqualTo(1);
    assertThat(calls.perCluster(2)).contains("get secrets 0.5", "patch statefulsets 0.5");
  }

  private static void append(AuditLog log, String text) throws IOException {
    Files.writeString(log.file(), text, StandardOpenOption.APPEND);
  }
}

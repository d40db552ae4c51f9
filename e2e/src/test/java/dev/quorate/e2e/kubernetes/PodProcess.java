package dev.quorate.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The process of a pod's container, for what Kubernetes itself would never do to it. */
record PodProcess(long pid) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Found by the variable that our pods have; the nodes must be on this machine. */
  static PodProcess of(String pod) {
    String variable = "POD_NAME=" + pod;
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).contains(variable))
        .map(process -> new PodProcess(process.pid()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process of pod " + pod + " on this machine"));
  }

  private static List<String> environment(long pid) {
    try {
      byte[] variables = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
      return List.of(new String(variables, UTF_8).split("\0", -1));
    } catch (IOException _) {
      // It has ended meanwhile.
      return List.of();
    }
  }

  /** Ends it at once, as the machine's loss would. */
  void kill() {
    signal("KILL");
  }

  /** Lets it hang: it is there and does nothing. */
  void stop() {
    signal("STOP");
  }

  private void signal(String name) {
    Output.of(LIMIT, "", List.of("kill", "-" + name, Long.toString(pid))).orFail();
  }
}

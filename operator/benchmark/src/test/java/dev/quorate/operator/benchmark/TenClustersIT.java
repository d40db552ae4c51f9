package dev.quorate.operator.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark with ten clusters; without scaling, which takes as long again. */
class TenClustersIT {
  private static final int CLUSTERS = 10;

  /** What the tools script ends with where it lacks something that it cannot install. */
  private static final int UNSUITABLE = 3;

  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  @TempDir private Path folder = Path.of("");

  @Test
  void idleClustersCauseNoCallsAndNoLooks() throws IOException, InterruptedException {
    var result =
        ScaleRun.of(
            CLUSTERS,
            new ScaleRun.Settings(
                programs(),
                ROOT.resolve("operator/target/dist"),
                folder,
                true,
                "128m",
                false,
                Duration.ofSeconds(5),
                Duration.ofMinutes(2)));
    System.out.println(result.told());
    assertThat(result.create().calls().writes()).as("calls are counted").isPositive();
    assertThat(result.idle().calls().writes()).as("writes of idle clusters").isZero();
    assertThat(result.idle().calls().reads()).as("reads of idle clusters").isZero();
    assertThat(result.idle().passes()).as("looks at idle clusters").isZero();
    assertThat(result.create().failures()).isZero();
  }

  /** The folder with etcd and kube-apiserver, which the script builds the first time. */
  private static Path programs() throws IOException, InterruptedException {
    var script = ROOT.resolve("e2e/kubernetes/tools").toString();
    var tools =
        new ProcessBuilder(script, "--api-server")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var printed = new String(tools.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = tools.waitFor();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(exitCode).as("the tools script, which says above why").isNotEqualTo(UNSUITABLE);
    }
    assertThat(exitCode).as("exit code of " + script).isZero();
    return Path.of(printed.strip());
  }
}

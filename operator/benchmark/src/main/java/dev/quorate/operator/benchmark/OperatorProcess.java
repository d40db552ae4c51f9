package dev.quorate.operator.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The operator as it is installed, started with its own libraries and JVM flags. Only its heap is
 * given, and the names of members are resolved by {@link SimulatedNames}.
 */
final class OperatorProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final String MAIN = "dev.quorate.operator.OperatorMain";

  private final Program program;
  private final URI metrics;
  private final Duration startToWatching;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private OperatorProcess(Program program, int port, long begin)
      throws IOException, InterruptedException {
    this.program = program;
    this.metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    Awaiting.until("the operator watches", PATIENCE, this::watches);
    this.startToWatching = Duration.ofNanos(System.nanoTime() - begin);
  }

  /**
   * Returns when the operator leads and all its informers are filled.
   *
   * @param dist the folder with the operator's {@code lib}
   */
  static OperatorProcess start(
      Path dist, ApiServer server, SimulatedMembers members, Path names, Path folder, String heap)
      throws IOException, InterruptedException {
    int port = Loopback.freePort();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + dist.resolve("lib").resolve("jvm.options"));
    command.add("-Xmx" + heap);
    command.add("-D%s=%s".formatted(SimulatedNames.ADDRESS, members.host()));
    command.add("-D%s=%s".formatted(SimulatedNames.FOLDER, names));
    command.addAll(List.of("-cp", classPath(dist), MAIN, "kubernetes"));
    command.addAll(List.of("--health-port", Integer.toString(port)));
    command.addAll(List.of("--lease-namespace", "default"));
    var environment = Map.of("KUBECONFIG", server.kubeconfig(ApiServer.OPERATOR).toString());
    long begin = System.nanoTime();
    var program = Program.start("operator", folder, environment, command);
    try {
      return new OperatorProcess(program, port, begin);
    } catch (IOException | InterruptedException | RuntimeException e) {
      program.close();
      throw e;
    }
  }

  private static String classPath(Path dist) {
    try {
      var source = OperatorProcess.class.getProtectionDomain().getCodeSource().getLocation();
      return dist.resolve("lib").resolve("*") + File.pathSeparator + Path.of(source.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean watches() throws IOException, InterruptedException {
    program.checkRuns();
    try {
      return read().leading();
    } catch (IOException _) {
      return false; // It does not listen yet.
    }
  }

  Duration startToWatching() {
    return startToWatching;
  }

  OperatorMetrics read() throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(metrics).timeout(ANSWER).build();
    return OperatorMetrics.parse(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** What is left on the heap after a collection. */
  double liveHeapBytes() throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var collection =
        new ProcessBuilder(jcmd, Long.toString(program.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!collection.waitFor(1, TimeUnit.MINUTES) || collection.exitValue() != 0) {
      throw new IOException("jcmd could not collect the operator's heap");
    }
    return read().heapBytes();
  }

  long residentBytes() throws IOException {
    return program.residentBytes();
  }

  @Override
  public void close() {
    program.close();
    http.close();
  }
}

package dev.quorate.benchmark;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One running member; ended by its pid, and with this program. */
final class MemberProcess implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final String FSYNC_COUNT = "etcd_disk_wal_fsync_duration_seconds_count";

  private final ProcessBuilder builder;
  private final InetSocketAddress client;
  private final URI metrics;
  private final Path output;
  private final ManagedChannel channel;
  private Process process;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  MemberProcess(
      List<String> command,
      Map<String, String> environment,
      InetSocketAddress client,
      URI metrics,
      Path output)
      throws IOException {
    this.client = client;
    this.metrics = metrics;
    this.output = output;
    builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    process = builder.start();
    channel = NettyChannelBuilder.forAddress(client).usePlaintext().build();
  }

  InetSocketAddress client() {
    return client;
  }

  /** What the member says of itself; empty if it does not answer. */
  Optional<StatusResponse> status() {
    try {
      return Optional.of(
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
              .status(StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }

  boolean leads() {
    return status().filter(s -> s.getLeader() == s.getHeader().getMemberId()).isPresent();
  }

  /** Waits a moment; fails with the member's last words if it has ended. */
  void checkRuns(Duration moment) throws InterruptedException, IOException {
    if (process.waitFor(moment.toMillis(), TimeUnit.MILLISECONDS)) {
      var lines = Files.readAllLines(output);
      var last = lines.subList(Math.max(0, lines.size() - 10), lines.size());
      throw new IOException(
          "a member ended with exit code %d:%n%s"
              .formatted(process.exitValue(), String.join(System.lineSeparator(), last)));
    }
  }

  /** Becomes the leader in the place of the one that is. */
  void takeOver(MemberProcess leader) throws IOException {
    long id = status().orElseThrow(() -> new IOException("no answer")).getHeader().getMemberId();
    var _ =
        MaintenanceGrpc.newBlockingStub(leader.channel)
            .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
            .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(id).build());
  }

  /** Asks the member to stop and waits until it has; whether it did in time. */
  boolean stop(Duration patience) throws InterruptedException {
    process.destroy();
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** After it has stopped: with the same command and data. */
  void startAgain() throws IOException {
    process = builder.start();
    channel.resetConnectBackoff();
  }

  /** What the member has written to its standard output and error. */
  String output() throws IOException {
    return Files.readString(output);
  }

  /** User and system time so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  long residentBytes() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }

  /** How often the member has synced its log so far. */
  double fsyncs() throws IOException, InterruptedException {
    return metric(FSYNC_COUNT);
  }

  /** The value of a metric without labels. */
  double metric(String name) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(metrics).timeout(ANSWER).build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofLines());
    return answer
        .body()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  /** Ends the member without any warning. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    http.shutdownNow();
    kill();
    try {
      process.waitFor();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

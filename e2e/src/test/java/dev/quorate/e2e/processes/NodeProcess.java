package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.StatusResponse;
import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node of a cluster as a process, started with etcd's flags; may be started again and again.
 */
final class NodeProcess implements AutoCloseable {
  private final String name;
  private final Path directory;
  private final int clientPort;
  private final int peerPort;
  private final ManagedChannel channel;
  private @Nullable Process process;

  NodeProcess(String name, Path directory, int clientPort, int peerPort) {
    this.name = name;
    this.directory = directory;
    this.clientPort = clientPort;
    this.peerPort = peerPort;
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", clientPort).usePlaintext().build();
  }

  String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  String initialMember() {
    return name + "=http://127.0.0.1:" + peerPort;
  }

  Path dataDirectory() {
    return directory.resolve(name);
  }

  /** The command of a member of this cluster, with further flags behind it. */
  List<String> command(String initialCluster, String... flags) {
    String client = "http://" + endpoint();
    String peer = "http://127.0.0.1:" + peerPort;
    var command =
        new ArrayList<>(
            List.of(
                Checkout.path("node-image/server/target/dist/bin/quorate-node"),
                "--name=" + name,
                "--data-dir=" + dataDirectory(),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + initialCluster));
    command.addAll(List.of(flags));
    return command;
  }

  void start(String initialCluster) throws IOException {
    process =
        new ProcessBuilder(command(initialCluster))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  /** Starts a node that must refuse to run, and returns what it says. */
  Output startInVain(String initialCluster, String... flags) {
    return Output.of(Duration.ofSeconds(30), "", command(initialCluster, flags));
  }

  /** What the node says of itself, if it answers. */
  Optional<StatusResponse> status() {
    try {
      return Optional.of(
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }

  boolean leads() {
    return status()
        .filter(status -> status.getLeader() == status.getHeader().getMemberId())
        .isPresent();
  }

  boolean runs() {
    return process != null && process.isAlive();
  }

  /** As a power cut would: nothing is finished, nothing is synced. */
  void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  /** SIGTERM; the exit code. */
  int terminate() throws InterruptedException {
    running().destroy();
    assertThat(running().waitFor(30, TimeUnit.SECONDS)).as(name + " ends after SIGTERM").isTrue();
    return running().exitValue();
  }

  /** Stands still like a stopped virtual machine: its connections stay open. */
  void pause() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    var pid = Long.toString(running().pid());
    Output.of(Duration.ofSeconds(10), "", List.of("kill", "-" + signal, pid)).orFail();
  }

  private Process running() {
    return Objects.requireNonNull(process, name + " was not started");
  }

  private Path log() {
    return directory.resolve(name + ".log");
  }

  String logText() throws IOException {
    return Files.readString(log());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }
}

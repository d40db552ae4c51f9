package dev.quorate.e2e.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.StatusResponse;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of a cluster as a process, started with the flags that etcd and Quorate share; may be
 * started again and again.
 */
public final class ServerProcess implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** So that log-ins take no time. */
  private static final String FEW_BCRYPT_ROUNDS = "--bcrypt-cost=4";

  private final String program;
  private final String scheme;
  private final String name;
  private final Path directory;
  private final int clientPort;
  private final int peerPort;
  private final ManagedChannel channel;
  private List<String> startedBy = List.of();
  private @Nullable Process process;

  /**
   * A member that is not started yet.
   *
   * @param program etcd, or the node
   * @param directory where its data and its log go, under its name
   */
  public ServerProcess(String program, String name, Path directory, int clientPort, int peerPort) {
    this(program, "http", name, directory, clientPort, peerPort);
  }

  private ServerProcess(
      String program, String scheme, String name, Path directory, int clientPort, int peerPort) {
    this.program = program;
    this.scheme = scheme;
    this.name = name;
    this.directory = directory;
    this.clientPort = clientPort;
    this.peerPort = peerPort;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", clientPort, credentials(scheme))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  private static ChannelCredentials credentials(String scheme) {
    return scheme.equals("https")
        ? TlsChannelCredentials.newBuilder()
            .trustManager(InsecureTrustManagerFactory.INSTANCE.getTrustManagers())
            .build()
        : InsecureChannelCredentials.create();
  }

  /**
   * The only member of its cluster, called {@code sole}; it leads when this returns.
   *
   * @param scheme for clients: http, or https with a certificate that the server makes itself
   */
  public static ServerProcess startAlone(
      String program, Path directory, String scheme, String... flags) throws IOException {
    Files.createDirectories(directory);
    var ports = ReservedPorts.of(2);
    var server =
        new ServerProcess(program, scheme, "sole", directory, ports.getFirst(), ports.getLast());
    var all = new ArrayList<>(List.of(flags));
    all.add(FEW_BCRYPT_ROUNDS);
    server.start(server.initialMember(), all.toArray(String[]::new));
    await(program + " leads")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> assertThat(server.runs()).as("it ended: %s", server.logText()).isTrue())
        .until(server::leads);
    return server;
  }

  /** The program of the node that this checkout has built. */
  public static String node() {
    return Checkout.path("node-image/server/target/dist/bin/quorate-node");
  }

  /** Its address, for clients. */
  public String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  public Channel channel() {
    return channel;
  }

  public String initialMember() {
    return name + "=http://127.0.0.1:" + peerPort;
  }

  public Path dataDirectory() {
    return directory.resolve(name);
  }

  /** A path as the process sees it, whatever is mounted there for it alone. */
  public Path seenByProcess(Path path) {
    return Path.of("/proc/" + running().pid() + "/root" + path);
  }

  /** What is run to start it. */
  public List<String> command(String initialCluster, String... flags) {
    String client = scheme + "://" + endpoint();
    String peer = "http://127.0.0.1:" + peerPort;
    var command =
        new ArrayList<>(
            List.of(
                program,
                "--name=" + name,
                "--data-dir=" + dataDirectory(),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-state=new",
                "--auto-tls=" + scheme.equals("https")));
    command.addAll(List.of(flags));
    return command;
  }

  /** Puts another program and its arguments before the command, which it must become. */
  public void startedBy(List<String> program) {
    startedBy = program;
  }

  public void start(String initialCluster, String... flags) throws IOException {
    var command = new ArrayList<>(startedBy);
    command.addAll(command(initialCluster, flags));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  /** Starts a server that must refuse to run, and returns what it says. */
  public Output startInVain(String initialCluster, String... flags) {
    return Output.of(Duration.ofSeconds(30), "", command(initialCluster, flags));
  }

  /** What the server says of itself, if it answers. */
  public Optional<StatusResponse> status() {
    try {
      return Optional.of(
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }

  public boolean leads() {
    return status()
        .filter(status -> status.getLeader() == status.getHeader().getMemberId())
        .isPresent();
  }

  public boolean runs() {
    return process != null && process.isAlive();
  }

  /** As a power cut would: nothing is finished, nothing is synced. */
  public void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  /** SIGTERM; the exit code. */
  public int terminate() throws InterruptedException {
    running().destroy();
    return awaitEnd();
  }

  /** The exit code of a process that is about to end. */
  public int awaitEnd() throws InterruptedException {
    assertThat(running().waitFor(30, TimeUnit.SECONDS)).as(name + " ends").isTrue();
    return running().exitValue();
  }

  public long pid() {
    return running().pid();
  }

  /** All that it has on its disk is gone. */
  public void wipe() throws IOException {
    try (var files = Files.walk(dataDirectory())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Stands still like a stopped virtual machine: its connections stay open. */
  public void pause() {
    signal("STOP");
  }

  public void resume() {
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

  /** All that it has printed since it was started for the first time. */
  public String logText() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }
}

package dev.quorate.benchmark;

import dev.quorate.api.etcd.StatusResponse;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Three members of one contender on this machine, in a directory that goes when they go. */
final class MemberCluster implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final Duration SHORT_MOMENT = Duration.ofMillis(5);
  private static final int SIZE = 3;

  private final Path directory;
  private final List<MemberProcess> members = new ArrayList<>();
  private final List<Socket> portHolders = new ArrayList<>();
  private final Thread onExit = new Thread(this::end, "end-members");

  MemberCluster(Contender contender, Path parent, List<String> moreFlags) throws IOException {
    this(contender, parent, moreFlags, Map.of());
  }

  /** One whose first member has more variables in its environment. */
  MemberCluster(
      Contender contender,
      Path parent,
      List<String> moreFlags,
      Map<String, String> firstMemberEnvironment)
      throws IOException {
    Files.createDirectories(parent);
    directory = Files.createTempDirectory(parent, contender.name().replace(' ', '-') + "-");
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      start(contender, moreFlags, firstMemberEnvironment);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void start(
      Contender contender, List<String> moreFlags, Map<String, String> firstMemberEnvironment)
      throws IOException {
    var ports = reservePorts(3 * SIZE);
    var initial = new ArrayList<String>();
    for (int i = 0; i < SIZE; i++) {
      initial.add("m%d=http://127.0.0.1:%d".formatted(i, ports.get(SIZE + i)));
    }
    for (int i = 0; i < SIZE; i++) {
      String client = "http://127.0.0.1:" + ports.get(i);
      String peer = "http://127.0.0.1:" + ports.get(SIZE + i);
      String metrics = "http://127.0.0.1:" + ports.get(2 * SIZE + i);
      var command = new ArrayList<String>();
      command.add(contender.program().toString());
      command.addAll(List.of("--name", "m" + i));
      command.addAll(List.of("--data-dir", directory.resolve("m" + i).toString()));
      command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
      command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
      command.addAll(List.of("--initial-cluster", String.join(",", initial)));
      command.addAll(List.of("--initial-cluster-state", "new", "--listen-metrics-urls", metrics));
      command.addAll(List.of("--log-level", "error"));
      command.addAll(moreFlags);
      members.add(
          new MemberProcess(
              command,
              i == 0 ? firstMemberEnvironment : Map.of(),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(i)),
              URI.create(metrics + "/metrics"),
              directory.resolve("m%d.log".formatted(i))));
    }
  }

  /** Waits until all members know one leader; returns how long that took from the call. */
  Duration awaitReady() throws IOException, InterruptedException {
    long beganNanos = System.nanoTime();
    long deadlineNanos = beganNanos + START.toNanos();
    while (System.nanoTime() < deadlineNanos) {
      for (var member : members) {
        member.checkRuns(MOMENT);
      }
      if (members.stream().allMatch(m -> m.status().filter(s -> s.getLeader() != 0).isPresent())) {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
      }
    }
    throw new IOException("no leader within %d s".formatted(START.toSeconds()));
  }

  /**
   * Stops a member and starts it again.
   *
   * @return from its start until it knows a leader and has applied all that was committed before
   */
  Duration restart(MemberProcess member, Duration patience)
      throws IOException, InterruptedException {
    if (!member.stop(patience)) {
      throw new IOException("a member does not stop within %d s".formatted(patience.toSeconds()));
    }
    long applied = leader().status().map(StatusResponse::getRaftAppliedIndex).orElse(0L);
    long beganNanos = System.nanoTime();
    member.startAgain();
    while (System.nanoTime() - beganNanos < START.toNanos()) {
      member.checkRuns(SHORT_MOMENT);
      var status = member.status();
      if (status
          .filter(s -> s.getLeader() != 0 && s.getRaftAppliedIndex() >= applied)
          .isPresent()) {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
      }
    }
    throw new IOException("a member is not ready within %d s".formatted(START.toSeconds()));
  }

  /** Where clients connect. */
  List<InetSocketAddress> endpoints() {
    return members.stream().map(MemberProcess::client).toList();
  }

  List<MemberProcess> members() {
    return members;
  }

  MemberProcess leader() throws IOException {
    return members.stream()
        .filter(MemberProcess::leads)
        .findFirst()
        .orElseThrow(() -> new IOException("no member leads"));
  }

  Duration cpu() {
    return members.stream().map(MemberProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  /** Of all members together. */
  double fsyncs() throws IOException, InterruptedException {
    double sum = 0;
    for (var member : members) {
      sum += member.fsyncs();
    }
    return sum;
  }

  /** Of all members together. */
  double metric(String name) throws IOException, InterruptedException {
    double sum = 0;
    for (var member : members) {
      sum += member.metric(name);
    }
    return sum;
  }

  /** Of the member that takes most. */
  long residentBytes() throws IOException {
    long max = 0;
    for (var member : members) {
      max = Math.max(max, member.residentBytes());
    }
    return max;
  }

  /** What the data of the member with the most take on the disk. */
  long diskBytes() throws IOException {
    long max = 0;
    for (int i = 0; i < SIZE; i++) {
      try (var files = Files.walk(directory.resolve("m" + i))) {
        max =
            Math.max(
                max, files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum());
      }
    }
    return max;
  }

  /**
   * Bound to sockets that never listen, until the members have ended: meanwhile nobody who asks for
   * any free port gets one of these.
   */
  private List<Integer> reservePorts(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      var holder = new Socket();
      portHolders.add(holder);
      holder.setReuseAddress(true);
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
    return portHolders.stream().map(Socket::getLocalPort).toList();
  }

  private void releasePorts() throws IOException {
    for (var holder : portHolders) {
      holder.close();
    }
  }

  private void end() {
    members.forEach(MemberProcess::close);
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      releasePorts();
    } catch (IOException e) {
      System.err.println("quorate-benchmark: cannot clean up " + directory + ": " + e);
    }
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException _) {
      // The program is ending already and the hook has run or will.
    }
  }
}

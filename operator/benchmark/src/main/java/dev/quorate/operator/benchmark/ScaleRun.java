package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One number of clusters on a fresh API server: created, left alone, scaled, taken over. */
final class ScaleRun {
  private static final int FEW = 3;
  private static final int MANY = 5;

  private static final Duration LOOK = Duration.ofMillis(100);

  /** So long without a pass means that there is nothing to do. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  /**
   * What a run is like.
   *
   * @param programs a folder with etcd and kube-apiserver
   * @param operator a folder with the operator's {@code lib}
   * @param folder a new one, for files of the run
   * @param heap what the operator's JVM may use, as after {@code -Xmx}
   * @param scaled whether the clusters grow from three to five members
   * @param idle how long the clusters are left alone
   * @param patience how long a part of the run may take
   */
  record Settings(
      Path programs,
      Path operator,
      Path folder,
      boolean encrypted,
      String heap,
      boolean scaled,
      Duration idle,
      Duration patience) {}

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private final int clusters;
  private final Settings settings;
  private final ApiServer server;
  private final SimulatedMembers members;
  private final SimulatedKubelet kubelet;
  private final Users users;

  private ScaleRun(
      int clusters,
      Settings settings,
      ApiServer server,
      SimulatedMembers members,
      SimulatedKubelet kubelet,
      Users users) {
    this.clusters = clusters;
    this.settings = settings;
    this.server = server;
    this.members = members;
    this.kubelet = kubelet;
    this.users = users;
  }

  static ScaleResult of(int clusters, Settings settings) throws IOException, InterruptedException {
    try (var server = ApiServer.start(settings.programs(), settings.folder());
        var members = new SimulatedMembers(settings.encrypted(), names(settings));
        var people = server.client(ApiServer.USER);
        var machines = server.client(ApiServer.KUBELET);
        var kubelet = new SimulatedKubelet(machines, members);
        var users = new Users(people, settings.encrypted())) {
      return new ScaleRun(clusters, settings, server, members, kubelet, users).measure();
    }
  }

  private static Path names(Settings settings) {
    return settings.folder().resolve("names");
  }

  private OperatorProcess startOperator() throws IOException, InterruptedException {
    return OperatorProcess.start(
        settings.operator(), server, members, names(settings), settings.folder(), settings.heap());
  }

  private ScaleResult measure() throws IOException, InterruptedException {
    Duration emptyStart;
    Phase create;
    Phase idle;
    @Nullable Phase scale;
    double heap;
    long resident;
    double threads;
    try (var operator = startOperator()) {
      emptyStart = operator.startToWatching();
      create = phase(operator, () -> create(FEW));
      idle = phase(operator, () -> Awaiting.pause(settings.idle()));
      scale = settings.scaled() ? phase(operator, () -> scale(MANY)) : null;
      resident = operator.residentBytes();
      threads = operator.read().threads();
      heap = operator.liveHeapBytes();
    }
    try (var successor = startOperator()) {
      long begin = System.nanoTime();
      awaitQuiet(successor, clusters);
      var firstLook = Duration.ofNanos(System.nanoTime() - begin).minus(QUIET);
      return new ScaleResult(
          clusters,
          emptyStart,
          create,
          idle,
          scale,
          heap,
          resident,
          threads,
          successor.startToWatching(),
          firstLook);
    }
  }

  private void awaitSettled(int replicas) throws IOException, InterruptedException {
    try {
      Awaiting.until(
          "all clusters were settled",
          settings.patience(),
          () -> {
            kubelet.check();
            return users.settled(replicas) == clusters;
          });
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; one is " + users.unsettled(replicas), e);
    }
  }

  private void create(int replicas) throws IOException, InterruptedException {
    users.create(clusters, replicas);
    awaitSettled(replicas);
  }

  private void scale(int replicas) throws IOException, InterruptedException {
    users.scale(clusters, replicas);
    awaitSettled(replicas);
  }

  /** What the operator does after the work, until it rests, costs no time, but calls. */
  private Phase phase(OperatorProcess operator, Work work)
      throws IOException, InterruptedException {
    var audit = server.audit();
    var before = operator.read();
    long from = audit.end();
    long begin = System.nanoTime();
    try (var sampler = new Sampler(operator)) {
      work.run();
      var time = Duration.ofNanos(System.nanoTime() - begin);
      awaitQuiet(operator, 0);
      var after = operator.read();
      return new Phase(
          time,
          audit.calls(from, audit.end()),
          after.milliseconds(0.5, before),
          after.milliseconds(0.99, before),
          sampler.deepestQueue(),
          sampler.mostHeapBytes(),
          after.passes() - before.passes(),
          after.failures() - before.failures(),
          after.cpuSeconds() - before.cpuSeconds());
    }
  }

  /**
   * Waits until nothing is looked at any more.
   *
   * @param passes that there must have been at least
   */
  private void awaitQuiet(OperatorProcess operator, int passes)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    double seen = operator.read().passes();
    long since = System.nanoTime();
    while (seen < passes || System.nanoTime() - since < QUIET.toNanos()) {
      if (System.nanoTime() - begin > settings.patience().toNanos()) {
        throw new IOException("the operator finds no rest: %.0f passes so far".formatted(seen));
      }
      Awaiting.pause(LOOK);
      double now = operator.read().passes();
      if (now > seen || !kubelet.isIdle()) {
        seen = now;
        since = System.nanoTime();
      }
    }
  }
}

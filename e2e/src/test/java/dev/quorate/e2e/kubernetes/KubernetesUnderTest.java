package dev.quorate.e2e.kubernetes;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Kubernetes that the tests run on: one that the project's script starts here and stops
 * afterwards, or the one that {@code QUORATE_KUBECONFIG} names.
 *
 * <p>Of a given one the Service addresses must lead somewhere from here, and the images must be
 * there; it is left running.
 */
final class KubernetesUnderTest implements AutoCloseable {
  private static final Duration QUICK = Duration.ofMinutes(3);

  private static final Duration WITH_WAITING = Duration.ofMinutes(6);

  /** The first time all programs of Kubernetes are built. */
  private static final Duration WITH_BUILDING = Duration.ofMinutes(40);

  private static final Path RUN_FOLDER =
      Path.of(
          environment(
              "QUORATE_E2E_DIR",
              environment("TMPDIR", "/tmp").replaceFirst("/$", "") + "/quorate-e2e"));

  private static final Path NETWORK = Path.of("/run/netns/quorate-e2e");

  private static final Path USE_LOCK = Path.of("/run/lock/quorate-e2e-tests");

  private static volatile @Nullable KubernetesUnderTest running;

  private final Path kubeconfig;
  private final boolean ours;
  private final @Nullable FileChannel useLock;
  private final List<String> insideNetwork;
  private final Thread stopAtExit = new Thread(this::stop, "stop Kubernetes");
  private String programs = "";

  private KubernetesUnderTest(Path kubeconfig, boolean ours, @Nullable FileChannel useLock) {
    this.kubeconfig = kubeconfig;
    this.ours = ours;
    this.useLock = useLock;
    boolean inOurNetwork = kubeconfig.equals(RUN_FOLDER.resolve("kubeconfig"));
    this.insideNetwork = inOurNetwork ? List.of("nsenter", "--net=" + NETWORK) : List.of();
    if (inOurNetwork) {
      programs = Output.of(QUICK, "", List.of(script("tools"), "--path")).orFail() + "/";
    }
  }

  /**
   * Starts one if none is given; where that is impossible the test is skipped, or fails with
   * CI=true.
   */
  static KubernetesUnderTest start() throws IOException {
    String given = environment("QUORATE_KUBECONFIG", "");
    if (!given.isEmpty()) {
      var kubernetes = new KubernetesUnderTest(Path.of(given).toAbsolutePath(), false, null);
      running = kubernetes;
      return kubernetes;
    }
    Output suitable = Output.of(QUICK, "", List.of(script("tools"), "--check"));
    if (!suitable.succeeded()) {
      String reason = "real-Kubernetes tests skipped: " + suitable.err().strip();
      if (environment("CI", "").equals("true")) {
        throw new AssertionError(reason + " (with CI=true that is a failure)");
      }
      System.out.println(reason);
      abort(reason);
    }
    FileChannel useLock = lock();
    try {
      return startOurs(useLock);
    } catch (Exception | AssertionError e) {
      useLock.close();
      throw e;
    }
  }

  private static KubernetesUnderTest startOurs(FileChannel useLock) throws IOException {
    // What an interrupted run may have left is not worth trusting.
    Output.of(QUICK, "", List.of(script("cluster"), "down")).orFail();
    Output.of(WITH_BUILDING, "", List.of(script("tools"))).orFail();
    var kubernetes = new KubernetesUnderTest(RUN_FOLDER.resolve("kubeconfig"), true, useLock);
    Runtime.getRuntime().addShutdownHook(kubernetes.stopAtExit);
    try {
      Output.of(QUICK, "", List.of(script("cluster"), "up")).orFail();
    } catch (AssertionError e) {
      try {
        kubernetes.close();
      } catch (AssertionError notStopped) {
        e.addSuppressed(notStopped);
      }
      throw e;
    }
    running = kubernetes;
    return kubernetes;
  }

  /** The one that the tests use now; null before it is started and after it is stopped. */
  static @Nullable KubernetesUnderTest running() {
    return running;
  }

  /** Whether its nodes are on this machine, so that processes of its pods can be reached. */
  boolean isOurs() {
    return ours;
  }

  /** Where its API server writes what the operator asks of it; only of ours. */
  static Path auditLog() {
    return RUN_FOLDER.resolve("logs").resolve("audit.log");
  }

  /** Two checkouts on one machine take turns: there is one cluster's network and group. */
  private static FileChannel lock() {
    try {
      var channel = FileChannel.open(USE_LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        System.out.println("waiting for another run of the real-Kubernetes tests on this machine");
        channel.lock();
      }
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + USE_LOCK, e);
    }
  }

  /** Imports docker-archives into all nodes, if the nodes are ours. */
  void loadImages(List<Path> archives) {
    if (ours) {
      var command = new ArrayList<>(List.of(script("load-image")));
      archives.forEach(archive -> command.add(archive.toString()));
      Output.of(QUICK, "", command).orFail();
    }
  }

  /**
   * Does to one of our nodes what the script of that name says: stop-node, kill-node, start-node.
   */
  void node(String command, String name) {
    Output.of(QUICK, "", List.of(script("cluster"), command, name)).orFail();
  }

  String kubectl(String... arguments) {
    return tryKubectl("", arguments).orFail();
  }

  /** Applies a manifest and expects that it is taken. */
  String apply(String manifest) {
    return tryApply(manifest).orFail();
  }

  Output tryApply(String manifest) {
    return tryKubectl(manifest, "apply", "-f", "-");
  }

  Output tryKubectl(String input, String... arguments) {
    return Output.of(QUICK, input, command("kubectl", arguments));
  }

  String helm(String... arguments) {
    return tryHelm(arguments).orFail();
  }

  Output tryHelm(String... arguments) {
    return Output.of(WITH_WAITING, "", command("helm", arguments));
  }

  /** How one of the programs that people use is run on this Kubernetes. */
  List<String> command(String program, String... arguments) {
    var command = new ArrayList<>(insideNetwork);
    command.addAll(List.of(programs + program, "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * How a program must be started so that the addresses of Services and pods mean something to it.
   */
  List<String> insideNetwork() {
    return insideNetwork;
  }

  /** Stops what was started here and fails if anything of it is left. */
  @Override
  public void close() throws IOException {
    running = null;
    if (ours) {
      Runtime.getRuntime().removeShutdownHook(stopAtExit);
      try {
        Output.of(QUICK, "", List.of(script("cluster"), "down")).orFail();
      } finally {
        if (useLock != null) {
          useLock.close();
        }
      }
    }
  }

  private void stop() {
    Output.of(QUICK, "", List.of(script("cluster"), "down"));
  }

  private static String script(String name) {
    return Checkout.path("e2e/kubernetes/" + name);
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}

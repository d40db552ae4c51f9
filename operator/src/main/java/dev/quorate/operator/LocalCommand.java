package dev.quorate.operator;

import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.console.ClusterView;
import dev.quorate.operator.console.RunningProcess;
import dev.quorate.operator.console.Terminal;
import dev.quorate.operator.observe.ClusterObserver;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.platform.local.LocalRunner;
import dev.quorate.operator.platform.local.ManifestException;
import dev.quorate.operator.platform.local.RunDirectories;
import dev.quorate.operator.reconcile.ClusterReconciler;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate-operator local}: runs the cluster of one manifest on this machine. */
@Command(
    name = "local",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Runs the RaftCluster of a manifest as processes and directories of this machine, until it is"
            + " stopped. Edits of the manifest take effect at once.")
public final class LocalCommand implements Callable<Integer> {
  private static final int BAD_INPUT = 2;

  @Option(
      names = "--manifest",
      required = true,
      paramLabel = "FILE",
      description = "The RaftCluster; watched for edits.")
  private Path manifest = Path.of("");

  @Option(
      names = "--run-dir",
      paramLabel = "DIRECTORY",
      description =
          "Where data, logs and status are kept; what is there is taken up again."
              + " Default: a new directory, which is deleted at the end.")
  private @Nullable Path runDirectory;

  @Option(
      names = "--delete-at-end",
      description = "Delete the directory given by --run-dir at the end, with all data.")
  private boolean deleteAtEnd;

  @Option(
      names = "--node-program",
      defaultValue = "${env:QUORATE_NODE}",
      paramLabel = "FILE",
      description = "The program quorate-node. Default: what the environment's QUORATE_NODE names.")
  private @Nullable Path nodeProgram;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException, IOException {
    var program = nodeProgram;
    if (program == null) {
      return refuse(
          "--node-program is missing: name the program quorate-node, here or as QUORATE_NODE in the environment");
    }
    if (Files.isDirectory(program) || !Files.isExecutable(program)) {
      return refuse(
          "--node-program: %s is no program; build it with ./mvnw -DskipTests package"
              .formatted(program));
    }
    var given = runDirectory;
    try {
      if (given != null && !RunDirectories.isOurs(given, manifest)) {
        return refuse(
            "--run-dir: %s holds other things than a cluster; name a new or empty directory"
                .formatted(given));
      }
    } catch (FileSystemException e) {
      return refuse(unusable(given, e));
    }
    return run(program, given == null ? Files.createTempDirectory("quorate-") : given);
  }

  private int run(Path program, Path directory) throws InterruptedException, IOException {
    boolean made = runDirectory == null || !Files.exists(directory);
    var clock = InstantSource.system();
    var view = new ClusterView(System.out, Terminal.current(), manifest, directory, clock);
    try {
      var runner = new LocalRunner(manifest, directory, program, clock, view);
      view.begin();
      OperatorLog.toFile(RunDirectories.log(directory));
      var connections = new MemberConnections(_ -> runner.memberChanged());
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("stop")
                  .unstarted(() -> stop(runner, connections, view, directory)));
      var observer = new ClusterObserver(connections);
      view.refreshFrom(() -> observer.observe(runner.cluster(), runner.platform()));
      view.processesFrom(() -> runner.platform().processes(RunningProcess::new));
      long epoch = clock.millis();
      runner.run(new ClusterReconciler(connections, CertificateTimes.DEFAULT, clock, () -> epoch));
      return 0;
    } catch (ManifestException e) {
      if (made) {
        RunDirectories.delete(directory);
      }
      return refuse(String.valueOf(e.getMessage()));
    } catch (FileSystemException e) {
      if (made) {
        RunDirectories.delete(directory);
      }
      if (!isAbout(directory, e)) {
        throw e;
      }
      return refuse(unusable(directory, e));
    }
  }

  /** Something in it, or what it is to be in. */
  private static boolean isAbout(Path directory, FileSystemException failure) {
    var file = failure.getFile() == null ? null : Path.of(failure.getFile()).toAbsolutePath();
    var known = directory.toAbsolutePath().normalize();
    return file != null && (file.startsWith(known) || known.startsWith(file));
  }

  private static String unusable(Path directory, FileSystemException failure) {
    var why =
        switch (failure) {
          case AccessDeniedException _ -> "this user may not write there";
          case NotDirectoryException _, FileAlreadyExistsException _ -> "it is no directory";
          default -> Objects.requireNonNullElseGet(failure.getReason(), failure::toString);
        };
    return "--run-dir: %s cannot be used: %s; name a directory that can be written"
        .formatted(directory, why);
  }

  private void stop(
      LocalRunner runner, MemberConnections connections, ClusterView view, Path directory) {
    view.close();
    runner.end();
    connections.close();
    boolean delete = runDirectory == null || deleteAtEnd;
    if (delete) {
      RunDirectories.delete(directory);
    }
    // Not before it is deleted: who waits for it must not have its new data deleted.
    runner.close();
    view.stopped(delete);
  }

  private int refuse(String why) {
    spec.commandLine().getErr().println("quorate-operator: " + why);
    return BAD_INPUT;
  }
}

package dev.quorate.operator.platform.local;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.reconcile.ClusterReconciler;
import dev.quorate.operator.reconcile.ReconcileOutcome;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the cluster of one manifest on this machine: reconciles whenever a member, a process,
 * a directory or the manifest tells a change, and at the latest when the last plan asked for it.
 */
public final class LocalRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalRunner.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /** An editor that saves has emptied the file before it fills it. */
  private static final Duration WHILE_SAVED = Duration.ofMillis(200);

  /** Who shows people what happens. */
  public interface Display {
    /** After each pass. */
    void show(RaftCluster cluster, ReconcileOutcome outcome);

    /** The manifest cannot be used; the last good one stays in force, until {@link #accept}. */
    void refuse(String why);

    /** The manifest is good, again or still. */
    void accept();

    /** A pass could not be made; it is tried again. */
    void hinder(String why);
  }

  private final Path manifest;
  private final ManifestReader reader = new ManifestReader();
  private final OneProgram program;
  private final LocalPlatform platform;
  private final Display display;
  private final Semaphore wake = new Semaphore(1);
  private final DirectoryWatch watch;
  private final RunDirectory directory;
  private final String uid;
  private RaftCluster accepted;
  private String doubted = "";
  private String refused = "";
  private volatile boolean closed;

  /**
   * @throws ManifestException if there is nothing to begin with
   * @throws PlatformException if another process works in the directory
   */
  public LocalRunner(
      Path manifest, Path runDirectory, Path nodeProgram, InstantSource clock, Display display)
      throws ManifestException, IOException {
    this.manifest = manifest.toAbsolutePath().normalize();
    this.display = display;
    this.accepted = reader.read(this.manifest);
    var launcher = new NodeLauncher(nodeProgram.toAbsolutePath());
    this.program = new OneProgram(launcher);
    program.requireMeant(this.manifest, accepted.getSpec());
    this.directory = RunDirectory.open(runDirectory);
    this.uid = directory.uid();
    try {
      requireSame(directory.owner(ClusterKey.of(accepted)), accepted);
    } catch (ManifestException e) {
      directory.close();
      throw e;
    }
    this.platform =
        new LocalPlatform(
            directory,
            launcher,
            clock,
            this::memberChanged,
            event -> log.info("{}: {}", event.reason(), event.message()));
    this.watch = new DirectoryWatch(this::memberChanged);
    watch.add(this.manifest.getParent());
    watch.add(directory.members());
  }

  /** Something may be different now: look soon. */
  public void memberChanged() {
    wake.release();
  }

  public LocalPlatform platform() {
    return platform;
  }

  /** The cluster as it was accepted last, with its status. */
  public synchronized RaftCluster cluster() {
    var cluster = new RaftCluster();
    cluster.setMetadata(accepted.getMetadata());
    cluster.getMetadata().setUid(uid);
    cluster.setSpec(accepted.getSpec());
    cluster.setStatus(platform.status());
    return cluster;
  }

  /** Returns when {@link #close} was called. */
  public void run(ClusterReconciler reconciler) throws InterruptedException {
    while (!closed) {
      var rest = pass(reconciler);
      if (rest.isPositive()) {
        var _ = wake.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS);
      }
      wake.drainPermits();
    }
  }

  private Duration pass(ClusterReconciler reconciler) {
    try {
      readManifest();
      watch.addChildren(directory.members());
      var cluster = cluster();
      var outcome = reconciler.reconcile(cluster, platform);
      display.show(cluster, outcome);
      return doubted.equals(refused) ? outcome.lookAgain() : WHILE_SAVED;
    } catch (PlatformException | UncheckedIOException e) {
      log.warn("{}", e.getMessage());
      display.hinder(String.valueOf(e.getMessage()));
      return AFTER_FAILURE;
    } catch (IllegalStateException e) {
      if (!closed) {
        throw e;
      }
      return AFTER_FAILURE;
    }
  }

  private synchronized void readManifest() {
    try {
      var read = reader.read(manifest);
      requireSame(ClusterKey.of(accepted), read);
      requireCompatible(read.getSpec());
      program.requireMeant(manifest, read.getSpec());
      if (!read.getSpec().equals(accepted.getSpec())) {
        var generation = Objects.requireNonNullElse(accepted.getMetadata().getGeneration(), 1L);
        read.getMetadata().setGeneration(generation + 1);
        accepted = read;
        tellWhatDoesNothing(read.getSpec());
      } else if (accepted.getMetadata().getGeneration() == null) {
        accepted.getMetadata().setGeneration(1L);
        tellWhatDoesNothing(accepted.getSpec());
      }
      doubted = "";
      refused = "";
      display.accept();
    } catch (ManifestException e) {
      // Only what is still wrong at the next look is; an editor may be in the middle of saving.
      if (e.reason().equals(doubted)) {
        refuse(doubted);
      }
      doubted = e.reason();
    }
  }

  private void tellWhatDoesNothing(RaftClusterSpec spec) {
    if (spec.storage().autogrow() != null) {
      log.warn(
          "{}: spec.storage.autogrow does nothing here: members keep their data in directories, which"
              + " are as large as the disk of this machine",
          manifest);
    }
  }

  private void refuse(String why) {
    // The same complaint is told once.
    if (!why.equals(refused)) {
      refused = why;
      log.warn("{} is refused, the last good one stays in force: {}", manifest, why);
      display.refuse(why);
    }
  }

  /** Another name is another cluster, whose members would be mixed with those that run here. */
  private void requireSame(ClusterKey owner, RaftCluster next) throws ManifestException {
    var key = ClusterKey.of(next);
    if (!owner.equals(key)) {
      throw new ManifestException(
          manifest,
          List.of(
              "the name is %s, and the members in %s are of %s: put that name back, or use another run directory"
                  .formatted(key, directory.members().getParent(), owner)));
    }
  }

  /** What an API server refuses by comparing with the old object. */
  private void requireCompatible(RaftClusterSpec next) throws ManifestException {
    var before = accepted.getSpec().storage();
    if (next.storage().changePolicy() == VolumeChangePolicy.REPLACE
        || before.changePolicy() == VolumeChangePolicy.REPLACE) {
      return;
    }
    if (bytes(next.storage().size()) < bytes(before.size())) {
      throw new ManifestException(
          manifest,
          List.of(
              "spec.storage.size cannot shrink while the members stay: it was %s, put that or a larger size, or set spec.storage.changePolicy: Replace"
                  .formatted(before.size())));
    }
    if (!Objects.equals(next.storage().storageClassName(), before.storageClassName())) {
      throw new ManifestException(
          manifest,
          List.of(
              "spec.storage.storageClassName cannot be changed while the members stay: put the old one, or set spec.storage.changePolicy: Replace"));
    }
  }

  private static long bytes(@Nullable Quantity quantity) {
    return quantity == null ? 0 : Quantity.getAmountInBytes(quantity).longValue();
  }

  /** Ends the loop and all members; the directory stays ours until {@link #close}. */
  public void end() {
    closed = true;
    wake.release();
    watch.close();
    platform.close();
  }

  /** Ends everything, and lets others have the directory. */
  @Override
  public void close() {
    end();
    directory.close();
  }
}

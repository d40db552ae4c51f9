package dev.quorate.e2e.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Kills the leading operator each time a cluster is in the middle of a kind of step in which it did
 * not kill one yet. The step is the one that status tells of: it is there before it is taken.
 */
final class LeaderKiller implements AutoCloseable {
  private final OperatorUnderTest operator;
  private final RaftClusterUnderTest cluster;
  private final StepWatch watch;
  private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
  private final Set<String> tried = new ConcurrentSkipListSet<>();
  private final Set<String> killedIn = new ConcurrentSkipListSet<>();
  private final Thread killer;
  private volatile @Nullable Throwable failure;

  /** Begins before the cluster is there, in a namespace that has no other one. */
  LeaderKiller(KubernetesUnderTest kubernetes, RaftClusterUnderTest cluster) {
    this.operator = new OperatorUnderTest(kubernetes);
    this.cluster = cluster;
    this.watch = StepWatch.start(cluster, this::noteStep);
    this.killer = Thread.ofPlatform().daemon().name("leader-killer").start(this::kill);
  }

  private void noteStep(StepWatch.SeenStep step) {
    if (!step.operation().isEmpty()) {
      steps.add(step.operation() + "/" + step.action());
    }
  }

  /** The steps in which an operator died, as status told of them afterwards. */
  Set<String> killedIn() {
    if (failure != null) {
      throw new AssertionError("the killer of leaders could not go on", failure);
    }
    return Set.copyOf(killedIn);
  }

  private void kill() {
    try {
      String pod = operator.leader();
      PodProcess victim = PodProcess.of(pod);
      while (!Thread.currentThread().isInterrupted()) {
        String step = latest();
        if (tried.add(step)) {
          victim.kill();
          String truth = cluster.view().step();
          killedIn.add(truth);
          tried.add(truth);
          pod = another(pod);
          victim = PodProcess.of(pod);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | AssertionError e) {
      failure = e;
    }
  }

  /** What is older than the last word is over. */
  private String latest() throws InterruptedException {
    var waiting = new ArrayList<String>(List.of(steps.take()));
    steps.drainTo(waiting);
    return waiting.getLast();
  }

  /** The killed one's pod is made anew, or Kubernetes would start it later from time to time. */
  private String another(String killed) {
    String before = operator.holder();
    operator.kubectl("delete", "pod", killed, "--grace-period=0", "--force", "--wait=false");
    operator.awaitOtherHolder(before);
    return operator.leader();
  }

  @Override
  public void close() {
    killer.interrupt();
    watch.close();
    try {
      killer.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

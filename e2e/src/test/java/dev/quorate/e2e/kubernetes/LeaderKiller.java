package dev.quorate.e2e.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Kills the leading operator each time a cluster is in the middle of a kind of step in which it did
 * not kill one yet. The step is the one that status tells of: it is there before it is taken, and
 * so is what is no step, such as letting a volume grow.
 */
final class LeaderKiller implements AutoCloseable {
  private final OperatorUnderTest operator;
  private final RaftClusterUnderTest cluster;
  private final StepWatch watch;
  private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
  private final Map<String, Integer> tried = new TreeMap<>();
  private final int mostTries;
  private final Set<String> killedIn = new ConcurrentSkipListSet<>();
  private final Thread killer;
  private volatile @Nullable Throwable failure;

  /**
   * Begins before the cluster is there or while it rests, in a namespace that has no other one.
   *
   * @param mostTries how often it is tried for a kind of step that is over before the operator dies
   */
  LeaderKiller(KubernetesUnderTest kubernetes, RaftClusterUnderTest cluster, int mostTries) {
    this.mostTries = mostTries;
    this.operator = new OperatorUnderTest(kubernetes);
    this.cluster = cluster;
    this.watch = StepWatch.start(cluster, this::noteStep);
    this.killer = Thread.ofPlatform().daemon().name("leader-killer").start(this::kill);
  }

  private void noteStep(StepWatch.SeenStep step) {
    if (!step.kind().isEmpty()) {
      steps.add(step.kind());
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
        if (isDue(step)) {
          victim.kill();
          killedIn.add(cluster.view().step().kind());
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

  private boolean isDue(String step) {
    return !killedIn.contains(step) && tried.merge(step, 1, Integer::sum) <= mostTries;
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

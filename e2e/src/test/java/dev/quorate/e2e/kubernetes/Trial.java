package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.client.ClientSummary;
import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.kubernetes.StepWatch.SeenStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A scenario that is played while an ordinary client writes, reads and checks what it gets, and
 * what it cost that client, told in one line.
 */
final class Trial {
  private static final int SOME_WRITES = 20;

  private final RaftClusterUnderTest cluster;

  Trial(RaftClusterUnderTest cluster) {
    this.cluster = cluster;
  }

  /** Something that happens to a cluster; it tells how long what matters took. */
  interface Scenario {
    Duration play() throws Exception;
  }

  /** Nothing that the cluster promised may be broken; requests may fail, and are told. */
  ClientSummary play(String name, Scenario scenario) throws Exception {
    forgetEarlierClients();
    var steps = new CopyOnWriteArrayList<SeenStep>();
    try (var _ = StepWatch.start(cluster, steps::add);
        RunningClient client = cluster.startClient()) {
      client.awaitWrites(SOME_WRITES);
      Duration took = scenario.play();
      client.awaitWrites(SOME_WRITES);
      ClientSummary summary = client.summary();
      System.out.println(told(name, summary, operations(steps), took));
      assertThat(summary.violations()).as(name).isEmpty();
      return summary;
    }
  }

  /** What is planned costs an ordinary client nothing but a repetition. */
  void playUnnoticed(String name, Scenario scenario) throws Exception {
    ClientSummary summary = play(name, scenario);
    assertThat(summary.failed()).as("failed requests, %s: %s", name, summary.lines()).isZero();
  }

  /** What they wrote would look like a violation. */
  private void forgetEarlierClients() {
    cluster.etcdctl("del", "unique/", "--prefix");
    cluster.etcdctl("del", "counter");
  }

  private static String told(
      String name, ClientSummary summary, List<String> steps, Duration took) {
    return "scenario %s: %d failed, %d retried, slowest request %d ms, longest gap %d ms, %d steps %s, %.1f s; attempts in vain: %s"
        .formatted(
            name,
            summary.failed(),
            summary.retried(),
            summary.slowestRequest().toMillis(),
            summary.longestPause().toMillis(),
            steps.size(),
            steps,
            took.toMillis() / 1000.0,
            summary.lines().stream()
                .filter(line -> line.startsWith("failure "))
                .map(line -> line.substring("failure ".length()))
                .toList());
  }

  /** Status tells of a step many times while it lasts. */
  private static List<String> operations(List<SeenStep> seen) {
    var operations = new ArrayList<String>();
    SeenStep last = SeenStep.NONE;
    for (SeenStep step : seen) {
      if (!step.operation().isEmpty() && !step.isSameAs(last)) {
        operations.add(step.operation() + " " + step.member());
      }
      last = step;
    }
    return operations;
  }
}

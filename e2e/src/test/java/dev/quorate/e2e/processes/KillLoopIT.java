package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL again and again, of one member or of all, while clients write, count and read: nothing
 * acknowledged is lost, and no read is older than what was acknowledged before. {@code
 * -Dkill.rounds=2000} goes on for hours, {@code -Dkill.seed=N} kills in another order.
 */
final class KillLoopIT {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 20);
  private static final long SEED = Long.getLong("kill.seed", 1);

  /** However slow the machine, the build does not wait longer; a run that names its rounds does. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final int LEAST_ROUNDS = 3;

  @TempDir private Path directory;

  @Test
  void nothingIsLostHoweverOftenMembersAreKilled() throws Exception {
    var random = new SplittableRandom(SEED);
    boolean bounded = System.getProperty("kill.rounds") == null;
    long beganNanos = System.nanoTime();
    int round = 0;
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(20);
      while (round < ROUNDS && !(bounded && round >= LEAST_ROUNDS && isOver(beganNanos))) {
        round++;
        var victims = victims(cluster, random);
        for (var victim : victims) {
          victim.kill();
        }
        if (victims.size() == 1) {
          client.awaitWrites(1 + random.nextInt(20));
        }
        for (var victim : victims) {
          victim.start(cluster.initialCluster());
        }
        client.awaitWrites(1 + random.nextInt(20));
      }
      cluster.nodes().forEach(cluster::awaitCaughtUp);
      var summary = client.finish();
      System.out.println("rounds=" + round);
      summary.forEach(System.out::println);
      assertThat(summary).noneMatch(line -> line.startsWith("violation"));
      assertThat(summary).anyMatch(line -> line.startsWith("summary acknowledged="));
    }
  }

  private static boolean isOver(long beganNanos) {
    return System.nanoTime() - beganNanos > PATIENCE.toNanos();
  }

  /** Any one, most of the time; else all of them, one right after the other. */
  private static List<ServerProcess> victims(ProcessCluster cluster, SplittableRandom random) {
    int choice = random.nextInt(cluster.nodes().size() + 1);
    return choice == cluster.nodes().size()
        ? cluster.nodes()
        : List.of(cluster.nodes().get(choice));
  }
}

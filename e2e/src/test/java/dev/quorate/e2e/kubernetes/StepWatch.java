package dev.quorate.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * Hears of every step that the operator takes for the clusters of a namespace, in the moment in
 * which status tells of it.
 */
final class StepWatch implements AutoCloseable {
  private static final String FIELDS =
      "jsonpath={.status.step.operation}/{.status.step.action}/{.status.step.member}"
          + "/{.status.summary}/{.status.plan.summary}{\"\\n\"}";

  private final Process watch;
  private final Thread reader;

  /**
   * A step as status tells of it.
   *
   * @param action what of it is being done
   * @param state the one word of the cluster's state
   * @param plan what is done and why, in a sentence
   */
  record SeenStep(String operation, String action, String member, String state, String plan) {
    static final SeenStep NONE = new SeenStep("", "", "", "", "");

    private static SeenStep parse(String line) {
      String[] parts = line.split("/", 5);
      return parts.length < 5
          ? NONE
          : new SeenStep(parts[0], parts[1], parts[2], parts[3], parts[4]);
    }

    /** What is being done, also where that is no step; empty if it is nothing. */
    String kind() {
      if (!operation.isEmpty()) {
        return operation + "/" + action;
      }
      if (plan.startsWith("Grow the volume ")) {
        return "GrowVolume";
      }
      return state.equals("Hibernating") || state.equals("Starting") ? state : "";
    }

    boolean isSameAs(SeenStep other) {
      return operation.equals(other.operation) && member.equals(other.member);
    }
  }

  private StepWatch(Process watch, Consumer<SeenStep> listener) {
    this.watch = watch;
    this.reader = Thread.ofPlatform().daemon().name("steps").start(() -> read(listener));
  }

  /** Begins before the cluster is there, or with the step that it is in. */
  static StepWatch start(RaftClusterUnderTest cluster, Consumer<SeenStep> listener) {
    var command =
        cluster.command("kubectl", "get", "raftclusters", "--watch", "--output=" + FIELDS);
    try {
      var watch =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      return new StepWatch(watch, listener);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot watch the cluster", e);
    }
  }

  private void read(Consumer<SeenStep> listener) {
    try (BufferedReader lines = watch.inputReader(UTF_8)) {
      lines.lines().map(SeenStep::parse).forEach(listener);
    } catch (IOException | UncheckedIOException _) {
      // The watch was ended.
    }
  }

  @Override
  public void close() {
    watch.destroy();
    try {
      reader.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

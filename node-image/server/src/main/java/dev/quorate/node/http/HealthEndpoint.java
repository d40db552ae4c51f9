package dev.quorate.node.http;

import dev.quorate.api.etcd.AlarmType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code /health}, {@code /livez} and {@code /readyz}. Liveness means that the loops turn and never
 * depends on other members; readiness means that this member serves, has a leader and is caught up.
 */
public final class HealthEndpoint {
  private static final String SERVING = "serving";
  private static final String DATA_CORRUPTION = "data_corruption";
  private static final String SERIALIZABLE_READ = "serializable_read";
  private static final String LINEARIZABLE_READ = "linearizable_read";
  private static final String NON_LEARNER = "non_learner";
  private static final Map<String, List<String>> PROBES =
      Map.of(
          "/livez",
          List.of(SERIALIZABLE_READ),
          "/readyz",
          List.of(SERVING, DATA_CORRUPTION, SERIALIZABLE_READ, LINEARIZABLE_READ, NON_LEARNER));

  private final HealthSource source;
  private final long readTimeoutMilliseconds;
  private final Consumer<Boolean> outcome;

  /**
   * Asks the source when somebody asks.
   *
   * @param outcome told of every /health that was answered
   */
  public HealthEndpoint(
      HealthSource source, long readTimeoutMilliseconds, Consumer<Boolean> outcome) {
    this.source = source;
    this.readTimeoutMilliseconds = readTimeoutMilliseconds;
    this.outcome = outcome;
  }

  boolean serves(String path) {
    return checksOf(path) != null;
  }

  /** All checks of a probe, or the one that a path below it names. */
  private static @Nullable List<String> checksOf(String path) {
    List<String> checks = PROBES.get(path);
    if (checks != null) {
      return checks;
    }
    int slash = path.lastIndexOf('/');
    String check = path.substring(slash + 1);
    List<String> parent = slash <= 0 ? null : PROBES.get(path.substring(0, slash));
    return parent != null && parent.contains(check) ? List.of(check) : null;
  }

  CompletableFuture<HttpAnswer> health(Map<String, List<String>> query) {
    boolean serializable = query.getOrDefault("serializable", List.of()).contains("true");
    return healthReason(query.getOrDefault("exclude", List.of()), serializable)
        .thenApply(
            reason -> {
              boolean healthy = reason.isEmpty();
              outcome.accept(healthy);
              String body =
                  "{\"health\":\"%s\",\"reason\":\"%s\"}".formatted(healthy, escaped(reason));
              // etcd calls it text, and ends what is wrong like a line.
              return healthy ? HttpAnswer.text(200, body) : HttpAnswer.text(503, body + "\n");
            });
  }

  /** Empty when healthy. The words before the colon are etcd's. */
  private CompletableFuture<String> healthReason(List<String> excluded, boolean serializable) {
    String notServing = source.notServing();
    if (!notServing.isEmpty()) {
      return CompletableFuture.completedFuture("NOT SERVING: " + notServing);
    }
    for (AlarmType alarm : source.alarms()) {
      if (!excluded.contains(alarm.name())) {
        return CompletableFuture.completedFuture("ALARM " + alarm.name());
      }
    }
    if (serializable) {
      String problem = loopsProblem();
      return CompletableFuture.completedFuture(problem.isEmpty() ? "" : "RANGE ERROR:" + problem);
    }
    if (!source.hasLeader()) {
      return CompletableFuture.completedFuture("RAFT NO LEADER");
    }
    return readProblem().thenApply(problem -> problem.isEmpty() ? "" : "RANGE ERROR:" + problem);
  }

  CompletableFuture<HttpAnswer> probe(String path, Map<String, List<String>> query) {
    List<String> checks = checksOf(path);
    if (checks == null) {
      return CompletableFuture.completedFuture(HttpAnswer.text(404, "404 page not found\n"));
    }
    boolean verbose = query.containsKey("verbose");
    var excluded = query.getOrDefault("exclude", List.of());
    var problems = new LinkedHashMap<String, CompletableFuture<String>>();
    for (String check : checks) {
      if (!excluded.contains(check)) {
        problems.put(check, problemOf(check));
      }
    }
    return CompletableFuture.allOf(problems.values().toArray(CompletableFuture[]::new))
        .thenApply(_ -> report(problems, verbose));
  }

  private static HttpAnswer report(
      Map<String, CompletableFuture<String>> problems, boolean verbose) {
    var lines = new ArrayList<String>();
    boolean failed = false;
    for (var check : problems.entrySet()) {
      String problem = check.getValue().join();
      failed |= !problem.isEmpty();
      lines.add(
          problem.isEmpty()
              ? "[+]%s ok\n".formatted(check.getKey())
              : "[-]%s failed: %s\n".formatted(check.getKey(), problem));
    }
    String details = String.join("", lines);
    return failed
        ? HttpAnswer.text(503, details)
        : HttpAnswer.text(200, (verbose ? details : "") + "ok\n");
  }

  private CompletableFuture<String> problemOf(String check) {
    return switch (check) {
      case SERVING -> CompletableFuture.completedFuture(source.notServing());
      case SERIALIZABLE_READ -> CompletableFuture.completedFuture(loopsProblem());
      case LINEARIZABLE_READ -> readProblem();
      case NON_LEARNER ->
          CompletableFuture.completedFuture(source.isLearner() ? "not supported for learner" : "");
      case DATA_CORRUPTION ->
          CompletableFuture.completedFuture(
              source.alarms().contains(AlarmType.CORRUPT) ? "alarm activated: CORRUPT" : "");
      default -> throw new IllegalArgumentException("no such check: " + check);
    };
  }

  private String loopsProblem() {
    return source.loopsTurn() ? "" : "the loops of this member do not turn";
  }

  private CompletableFuture<String> readProblem() {
    return source
        .linearizableRead()
        .copy()
        .orTimeout(readTimeoutMilliseconds, TimeUnit.MILLISECONDS)
        .handle(
            (_, failure) -> failure == null ? "" : "no linearizable read: " + messageOf(failure));
  }

  private static String messageOf(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}

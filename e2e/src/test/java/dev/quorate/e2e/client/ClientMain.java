package dev.quorate.e2e.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The client as a program: works at the given addresses until its input ends, reads back what was
 * acknowledged, prints a summary and ends with 1 if a promise was broken.
 *
 * <p>It is a program and not a thread of the test so that it can be started where the cluster's
 * addresses lead somewhere: in another network.
 */
public final class ClientMain {
  /** A pause between two attempts of a task, so that the client does not starve the members. */
  private static final long PACE_MILLISECONDS = 10;

  private static final long READ_BACK_SECONDS = 60;

  private ClientMain() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1 && arguments.length != 3) {
      System.err.println(
          "Usage: ClientMain HOST:PORT[,HOST:PORT...] [FOLDER SERVER_NAME] (works until its input"
              + " ends)");
      System.exit(2);
    }
    var tls =
        arguments.length == 1 ? ClientTls.NONE : new ClientTls(Path.of(arguments[1]), arguments[2]);
    System.exit(run(arguments[0], tls) ? 0 : 1);
  }

  private static boolean run(String endpoint, ClientTls tls) throws Exception {
    var history = new History();
    List<Task> tasks =
        List.of(
            new UniqueKeyWriter("a", new Connection(endpoint, tls), history),
            new UniqueKeyWriter("b", new Connection(endpoint, tls), history),
            new CounterWriter(new Connection(endpoint, tls), history),
            new CounterReader(new Connection(endpoint, tls), history));
    try (var scheduler = Executors.newScheduledThreadPool(tasks.size() + 1)) {
      List<? extends Future<?>> runs =
          tasks.stream().map(task -> repeat(scheduler, task, history)).toList();
      var progress =
          scheduler.scheduleWithFixedDelay(
              () -> System.out.println(history.progress()), 0, 500, TimeUnit.MILLISECONDS);
      waitForEndOfInput();
      runs.forEach(run -> run.cancel(false));
      progress.cancel(false);
      readBack(scheduler, endpoint, tls, history);
    }
    var failures = new TreeMap<String, Integer>();
    var tally = new RequestTally();
    for (Task task : tasks) {
      task.failures().forEach((text, times) -> failures.merge(text, times, Integer::sum));
      tally.add(task.tally());
      task.close();
    }
    return report(history.summary(failures, tally));
  }

  private static boolean report(List<String> summary) {
    summary.forEach(System.out::println);
    return summary.stream().noneMatch(line -> line.startsWith("violation"));
  }

  private static Future<?> repeat(ScheduledExecutorService scheduler, Task task, History history) {
    return scheduler.scheduleWithFixedDelay(
        () -> {
          try {
            task.attempt();
          } catch (RuntimeException failure) {
            // What is not worth a repetition is worth a report; the task goes on all the same.
            history.violation(task.getClass().getSimpleName() + " got " + failure);
          }
        },
        0,
        PACE_MILLISECONDS,
        TimeUnit.MILLISECONDS);
  }

  private static void waitForEndOfInput() throws IOException {
    var input = System.in.readAllBytes();
    if (input.length > 0) {
      System.err.println("ignored: " + new String(input, UTF_8));
    }
  }

  private static void readBack(
      ScheduledExecutorService scheduler, String endpoint, ClientTls tls, History history)
      throws InterruptedException {
    try (var connection = new Connection(endpoint, tls)) {
      var readBack = new ReadBack(connection, history);
      var done = new CountDownLatch(1);
      var reading =
          scheduler.scheduleWithFixedDelay(
              () -> {
                try {
                  if (readBack.attempt()) {
                    done.countDown();
                  }
                } catch (RuntimeException failure) {
                  history.violation("could not read back: " + failure);
                  done.countDown();
                }
              },
              0,
              PACE_MILLISECONDS,
              TimeUnit.MILLISECONDS);
      if (!done.await(READ_BACK_SECONDS, TimeUnit.SECONDS)) {
        history.violation("could not read back: " + connection.failures());
      }
      reading.cancel(false);
    }
  }
}

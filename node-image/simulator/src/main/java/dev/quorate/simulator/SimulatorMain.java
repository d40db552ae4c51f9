package dev.quorate.simulator;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Runs one seed, or many, from the command line. */
public final class SimulatorMain {
  private static final String USAGE =
      """
      usage: simulate [--seed N | --seeds FROM..TO | --minutes M] [--steps S] [--trace]
        --seed N          run this seed (1)
        --seeds FROM..TO  run these seeds, one after the other
        --minutes M       run seeds for so long, from a random one or from N on
        --steps S         how many events with faults each run has (8000, as in the build)
        --trace           print what happens, and where a failure comes from
      A run that fails prints one line, which repeats it when it is copied. The same seed gives the
      same run.""";

  private long first = 1;
  private long last = 1;
  private boolean chosen;
  private long minutes;
  private long steps = 8_000;
  private boolean trace;

  private long runs;
  private long failures;
  private final Coverage covered = new Coverage();

  private SimulatorMain() {}

  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "logback-simulator.xml");
    var main = new SimulatorMain();
    try {
      main.read(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    System.exit(main.run() ? 0 : 1);
  }

  private void read(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      switch (name) {
        case "--trace" -> trace = true;
        case "--seed" -> {
          first = number(value(arguments, ++i, name), name);
          last = first;
          chosen = true;
        }
        case "--seeds" -> {
          String range = value(arguments, ++i, name);
          int dots = range.indexOf("..");
          if (dots < 0) {
            throw new IllegalArgumentException(name + " needs FROM..TO, not " + range);
          }
          first = number(range.substring(0, dots), name);
          last = number(range.substring(dots + 2), name);
          chosen = true;
        }
        case "--minutes" -> minutes = number(value(arguments, ++i, name), name);
        case "--steps" -> steps = number(value(arguments, ++i, name), name);
        case "--help", "-h" -> {
          System.out.println(USAGE);
          System.exit(0);
        }
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    if (minutes > 0) {
      first = chosen ? first : RandomGenerator.getDefault().nextLong(1L << 48);
      last = Long.MAX_VALUE;
    }
  }

  private static String value(String[] arguments, int position, String name) {
    if (position >= arguments.length) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return arguments[position];
  }

  private static long number(String text, String name) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " needs numbers, not " + text, e);
    }
  }

  private boolean run() {
    long untilNanos = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    for (long seed = first; seed <= last; seed++) {
      if (minutes > 0 && System.nanoTime() - untilNanos > 0) {
        break;
      }
      run(seed);
    }
    System.out.printf("%d seeds of %d steps, %d failed: %s%n", runs, steps, failures, covered);
    return failures == 0;
  }

  private void run(long seed) {
    runs++;
    try {
      var summary = Simulation.run(seed, steps, trace ? System.out::println : null);
      covered.add(summary.coverage());
      if (first == last) {
        System.out.printf(
            "seed %d: trace hash %016x, %d entries committed in %d virtual ms%n",
            seed, summary.traceHash(), summary.committedEntries(), summary.virtualMicros() / 1000);
      }
    } catch (SimulationFailure e) {
      failures++;
      System.err.println(e.getMessage());
      if (trace) {
        printWhereFrom(e);
      }
    }
  }

  private static void printWhereFrom(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      System.err.println(cause);
      for (var frame : cause.getStackTrace()) {
        System.err.println("  at " + frame);
      }
    }
  }
}

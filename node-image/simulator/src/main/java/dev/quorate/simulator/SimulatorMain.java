package dev.quorate.simulator;

/** Runs one seed, or many, from the command line. */
public final class SimulatorMain {
  private static final String USAGE =
      """
      usage: --seed N [--seeds COUNT] [--steps M] [--trace]
        --seed N       the seed, or the first of them
        --seeds COUNT  how many seeds to run (1)
        --steps M      how many events with faults each run has (20000)
        --trace        print what happens""";

  private long seed = 1;
  private long seeds = 1;
  private long steps = 20_000;
  private boolean trace;

  private SimulatorMain() {}

  public static void main(String[] arguments) {
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
        case "--seed" -> seed = number(arguments, ++i, name);
        case "--seeds" -> seeds = number(arguments, ++i, name);
        case "--steps" -> steps = number(arguments, ++i, name);
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
  }

  private static long number(String[] arguments, int position, String name) {
    try {
      return Long.parseLong(arguments[position]);
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException(name + " needs a number", e);
    }
  }

  private boolean run() {
    boolean good = true;
    var covered = new InvariantChecker.Coverage(0, 0, 0, 0);
    for (long each = seed; each < seed + seeds; each++) {
      try {
        var summary = Simulation.run(each, steps, trace ? System.out::println : _ -> {});
        covered = covered.plus(summary.coverage());
        if (seeds == 1) {
          System.out.printf("seed %d: %s%n", each, summary);
        }
      } catch (SimulationFailure e) {
        System.err.println(e.getMessage());
        good = false;
      }
    }
    System.out.printf(
        "%d seeds of %d steps: %s, %s%n", seeds, steps, good ? "good" : "failed", covered);
    return good;
  }
}

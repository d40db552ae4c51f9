package dev.quorate.simulator;

/** A run that went wrong; its message is the line that repeats it. */
public final class SimulationFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimulationFailure(long seed, long steps, long atStep, Throwable cause) {
    super(
        "--seed %d --steps %d failed at step %d: %s"
            .formatted(seed, steps, atStep, cause.getMessage()),
        cause);
  }
}

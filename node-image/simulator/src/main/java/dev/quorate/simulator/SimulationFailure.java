package dev.quorate.simulator;

/** A run that went wrong; its message begins with the arguments that repeat it. */
public final class SimulationFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimulationFailure(long seed, long steps, long atStep, Throwable cause) {
    super(
        "node-image/simulator/simulate --seed %d --steps %d    # failed at step %d: %s"
            .formatted(seed, steps, atStep, cause),
        cause);
  }
}

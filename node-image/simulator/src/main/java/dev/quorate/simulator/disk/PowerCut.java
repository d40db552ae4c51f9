package dev.quorate.simulator.disk;

/** The machine stops in the middle of what it does: nobody's code should catch this. */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  PowerCut() {
    super("power cut", null, false, false);
  }
}

package dev.quorate.node.storage.recorded;

import java.util.List;

/** What a crash leaves of that which was not synced. */
public record Survival(Part names, Part data, long seed) {
  /** How much of it. */
  public enum Part {
    ALL,
    SYNCED,
    SOME
  }

  /** The process ended and the machine did not. */
  public static final Survival KILLED = new Survival(Part.ALL, Part.ALL, 0);

  /** The extremes of a power cut, and one in between. */
  public static List<Survival> all(long seed) {
    return List.of(
        KILLED,
        new Survival(Part.SYNCED, Part.SYNCED, 0),
        new Survival(Part.ALL, Part.SYNCED, 0),
        new Survival(Part.SYNCED, Part.ALL, 0),
        new Survival(Part.SOME, Part.SOME, seed));
  }

  @Override
  public String toString() {
    return "names: %s, data: %s".formatted(names, data);
  }
}

package dev.quorate.operator.platform.local;

import java.util.Collection;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds what somebody may have meant. */
public final class Spelling {
  private Spelling() {}

  /** The known word that a few letters make of this one; null if none is that near. */
  public static @Nullable String nearest(String word, Collection<String> known) {
    String nearest = null;
    int least = 1 + Math.max(1, word.length() / 4);
    for (var candidate : known) {
      int distance = distance(word, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** How many letters have to be put in, left out or exchanged. */
  private static int distance(String from, String to) {
    int[] above = IntStream.rangeClosed(0, to.length()).toArray();
    for (int row = 1; row <= from.length(); row++) {
      int[] here = new int[to.length() + 1];
      here[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int exchange = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        here[column] =
            Math.min(above[column - 1] + exchange, 1 + Math.min(above[column], here[column - 1]));
      }
      above = here;
    }
    return above[to.length()];
  }
}

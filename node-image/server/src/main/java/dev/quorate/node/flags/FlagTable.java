package dev.quorate.node.flags;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All flags there are, in the order in which they are shown. */
final class FlagTable {
  static final List<FlagGroup> GROUPS =
      List.of(
          MemberFlags.MEMBER,
          MemberFlags.CLIENTS,
          ClusterFlags.CLUSTER,
          ClusterFlags.DISCOVERY,
          SecurityFlags.CLIENT_TLS,
          SecurityFlags.PEER_TLS,
          SecurityFlags.TLS,
          SecurityFlags.AUTH,
          OperationFlags.LOGGING,
          OperationFlags.MONITORING,
          OperationFlags.CHECKS,
          OperationFlags.STORAGE,
          OperationFlags.OWN,
          OperationFlags.OLD);

  /** Until 3.5, flags that were new had this before the name that they were given later. */
  private static final String EXPERIMENTAL = "experimental-";

  private static final Map<String, Flag> BY_NAME = new TreeMap<>();

  static {
    for (FlagGroup group : GROUPS) {
      for (Flag flag : group.flags()) {
        if (BY_NAME.put(flag.name(), flag) != null) {
          throw new IllegalStateException("two rows for " + flag.name());
        }
      }
    }
  }

  private FlagTable() {}

  /** Null if there is no such flag. */
  static @Nullable Flag find(String name) {
    Flag flag = BY_NAME.get(name);
    return flag == null && name.startsWith(EXPERIMENTAL)
        ? BY_NAME.get(name.substring(EXPERIMENTAL.length()))
        : flag;
  }

  /** For names that stand in our own code. */
  static Flag get(String name) {
    Flag flag = BY_NAME.get(name);
    if (flag == null) {
      throw new IllegalArgumentException("no flag is called " + name);
    }
    return flag;
  }

  /** The flag that somebody may have meant who wrote this; null if none is near. */
  static @Nullable String nearest(String name) {
    String nearest = null;
    int least = 1 + Math.max(1, name.length() / 4);
    for (String known : BY_NAME.keySet()) {
      int distance = distance(name, known);
      if (distance < least) {
        least = distance;
        nearest = known;
      }
    }
    return nearest;
  }

  /** How many letters have to be put in, left out or exchanged. */
  private static int distance(String from, String to) {
    int[] previous = new int[to.length() + 1];
    int[] current = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      previous[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int exchanged =
            previous[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(exchanged, 1 + Math.min(previous[column], current[column - 1]));
      }
      int[] done = previous;
      previous = current;
      current = done;
    }
    return previous[to.length()];
  }
}

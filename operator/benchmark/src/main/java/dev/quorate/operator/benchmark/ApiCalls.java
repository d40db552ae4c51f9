package dev.quorate.operator.benchmark;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Calls of the API server by verb and resource. */
final class ApiCalls {
  /** What the Lease costs that operators compete for, whatever the number of clusters. */
  private static final String LEASES = "leases";

  private static final Set<String> READS = Set.of("get", "list");
  private static final Set<String> WRITES =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  private record Call(String verb, String resource) implements Comparable<Call> {
    @Override
    public int compareTo(Call other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  private final Map<Call, Long> counts = new TreeMap<>();

  void add(String verb, String resource) {
    counts.merge(new Call(verb, resource), 1L, Long::sum);
  }

  /** Reads for the clusters; watches are none. */
  long reads() {
    return sum(call -> READS.contains(call.verb()) && !call.resource().equals(LEASES));
  }

  /** Writes for the clusters. */
  long writes() {
    return sum(call -> WRITES.contains(call.verb()) && !call.resource().equals(LEASES));
  }

  long watches() {
    return sum(call -> call.verb().equals("watch"));
  }

  /** Calls for the Lease. */
  long forLease() {
    return sum(call -> call.resource().equals(LEASES));
  }

  private long sum(Predicate<Call> which) {
    return counts.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Each kind of call, for each of so many clusters. */
  String perCluster(int clusters) {
    var text = new StringBuilder();
    counts.forEach(
        (call, count) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append("%s %.1f".formatted(call, count / (double) clusters)));
    return text.isEmpty() ? "none" : text.toString();
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}

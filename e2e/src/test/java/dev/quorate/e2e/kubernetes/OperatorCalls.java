package dev.quorate.e2e.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the operator asked of the API server, as the audit log tells it. */
final class OperatorCalls {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A watch is no poll, and is written down when it ends. */
  private static final String WATCH = "watch";

  /** Operators renew their Lease, however many clusters there are. */
  private static final String LEASES = "leases";

  private final Path log;
  private final int seen;

  private OperatorCalls(Path log, int seen) {
    this.log = log;
    this.seen = seen;
  }

  static OperatorCalls fromNowOn(Path log) {
    return new OperatorCalls(log, lines(log).size());
  }

  private static List<String> lines(Path log) {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException("the API server writes no audit log", e);
    }
  }

  /** Those that clusters cause, as verb and resource. */
  List<String> forClusters() {
    return all().stream()
        .filter(call -> !call.startsWith(WATCH + " ") && !call.endsWith(" " + LEASES))
        .toList();
  }

  List<String> all() {
    var lines = lines(log);
    return lines.subList(seen, lines.size()).stream().map(OperatorCalls::call).toList();
  }

  private static String call(String line) {
    try {
      JsonNode entry = JSON.readTree(line);
      return entry.path("verb").asText() + " " + entry.at("/objectRef/resource").asText();
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a line of an audit log: " + line, e);
    }
  }
}

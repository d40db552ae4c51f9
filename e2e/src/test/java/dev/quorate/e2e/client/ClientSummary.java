package dev.quorate.e2e.client;

import java.time.Duration;
import java.util.List;

/** What a client told at its end. */
public record ClientSummary(List<String> lines) {

  /** Promises that were broken. */
  public List<String> violations() {
    return lines.stream().filter(line -> line.startsWith("violation")).toList();
  }

  /** Requests that no attempt brought an answer to within the time for one. */
  public long failed() {
    return figure("failed");
  }

  /** Requests that took more than one attempt. */
  public long retried() {
    return figure("retried");
  }

  /** The longest time between two acknowledged writes. */
  public Duration longestPause() {
    return Duration.ofMillis(figure("longestPauseMilliseconds"));
  }

  /** The longest time that an application waited for one request. */
  public Duration slowestRequest() {
    return Duration.ofMillis(figure("slowestRequestMilliseconds"));
  }

  private long figure(String name) {
    String begin = "summary " + name + "=";
    return lines.stream()
        .filter(line -> line.startsWith(begin))
        .mapToLong(line -> Long.parseLong(line.substring(begin.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + lines));
  }
}

package dev.quorate.operator.platform.local;

import dev.quorate.operator.platform.ObservedMember.ProcessState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process of one member over its starts and ends, with growing pauses between starts when it
 * keeps ending by itself. Not thread-safe: {@link LocalPlatform} guards it.
 */
final class MemberProcess {
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final long LONGEST_PAUSE_SECONDS = 30;
  private static final int FREE_RESTARTS = 3;

  private @Nullable Process process;
  private String template = "";
  private Instant startedAt = Instant.EPOCH;
  private @Nullable Instant notBefore;
  private boolean stopping;
  private boolean asleep;
  private int failures;
  private String detail = "";
  private String lastEnd = "";

  boolean alive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process == null ? 0 : process.pid();
  }

  Instant startedAt() {
    return startedAt;
  }

  void started(Process next, String with, Instant now) {
    process = next;
    template = with;
    startedAt = now;
    stopping = false;
    asleep = false;
    detail = lastEnd.isEmpty() ? "" : "started again, because " + lastEnd;
  }

  /** The mark of what of the spec it was started with. */
  String template() {
    return template;
  }

  /**
   * Its end, by itself or by us; tells when it may start again. The end of an earlier process than
   * the present one is no news.
   */
  void ended(Process which, Instant now, String logFile) {
    if (!which.equals(process)) {
      return;
    }
    if (stopping) {
      notBefore = null;
      detail = "";
      lastEnd = "";
      return;
    }
    boolean settled = settled(now);
    failures = settled ? 1 : failures + 1;
    long pause =
        failures <= FREE_RESTARTS
            ? 0
            : Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(10, failures - FREE_RESTARTS));
    notBefore = now.plusSeconds(pause);
    lastEnd = "it ended with exit code %d; its log is %s".formatted(which.exitValue(), logFile);
    detail = pause == 0 ? lastEnd : "next start in %d s, because %s".formatted(pause, lastEnd);
  }

  private boolean settled(Instant now) {
    return startedAt.plus(SETTLED).isBefore(now);
  }

  /** It could not even be started. */
  void failed(Instant now, String why) {
    failures++;
    notBefore = now.plusSeconds(LONGEST_PAUSE_SECONDS);
    detail = why;
  }

  ProcessState state(Instant now) {
    if (alive()) {
      return stopping ? ProcessState.STOPPING : ProcessState.RUNNING;
    }
    return paused(now) ? ProcessState.FAILED : ProcessState.ABSENT;
  }

  boolean paused(Instant now) {
    return notBefore != null && now.isBefore(notBefore);
  }

  /** What is to say of it; how an earlier process ended explains a new one for a while. */
  String detail(Instant now) {
    return alive() && settled(now) ? "" : detail;
  }

  /** It is not to start before it is told to. */
  boolean asleep() {
    return asleep;
  }

  /** Ends it, and forgets how earlier ones ended. */
  void putToSleep(Duration patience) {
    asleep = true;
    notBefore = null;
    detail = "";
    lastEnd = "";
    stop(patience);
  }

  void wake() {
    asleep = false;
  }

  /** Asks it to end, and ends it by force when it does not within {@code patience}. */
  void stop(Duration patience) {
    var ending = process;
    if (ending == null || !ending.isAlive() || stopping) {
      return;
    }
    stopping = true;
    ending.destroy();
    Thread.ofVirtual()
        .name("stop-" + ending.pid())
        .start(
            () -> {
              try {
                if (!ending.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                  ending.destroyForcibly();
                }
              } catch (InterruptedException _) {
                ending.destroyForcibly();
              }
            });
  }

  /** Waits for its end; false if it goes on beyond the time. */
  boolean awaitEnd(Duration time) throws InterruptedException {
    return process == null || process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  void kill() {
    if (process != null) {
      stopping = true;
      process.destroyForcibly();
    }
  }
}

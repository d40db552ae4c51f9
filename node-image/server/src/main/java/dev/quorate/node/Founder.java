package dev.quorate.node;

import dev.quorate.node.storage.StorageException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks until the node may found its cluster, must not, or is stopped. */
final class Founder {
  private static final Logger LOG = LoggerFactory.getLogger(Founder.class);
  private static final long FIRST_MILLISECONDS = 50;
  private static final long SLOWEST_MILLISECONDS = 1000;

  /** Members that start together find each other in that many rounds; the others are news. */
  private static final int QUIET_ROUNDS = 4;

  private static final int ROUNDS_PER_LINE = 30;

  private final FoundingQuestions questions;
  private final NodeLife life;
  private final ScheduledExecutorService timer;
  private final Executor steps;
  private final Founding founding;
  private long pauseMilliseconds = FIRST_MILLISECONDS;
  private int rounds;

  /** What becomes of the node when the answer is there. */
  interface Founding {
    void found(Founders founders) throws StartException;

    void failed(String why);
  }

  Founder(
      FoundingQuestions questions,
      NodeLife life,
      ScheduledExecutorService timer,
      Executor steps,
      Founding founding) {
    this.questions = questions;
    this.life = life;
    this.timer = timer;
    this.steps = steps;
    this.founding = founding;
  }

  /**
   * Founds now if the others allow it, else goes on to ask.
   *
   * @throws StartException if they forbid it
   */
  void ask() throws StartException {
    String waitsFor = questions.ask();
    if (waitsFor.isEmpty()) {
      founding.found(questions.founders());
      return;
    }
    life.waits(waitsFor);
    if (rounds >= QUIET_ROUNDS && (rounds - QUIET_ROUNDS) % ROUNDS_PER_LINE == 0) {
      LOG.warn("not started yet: {}", waitsFor);
    }
    rounds++;
    try {
      var _ =
          timer.schedule(
              () -> steps.execute(this::askAgain), pauseMilliseconds, TimeUnit.MILLISECONDS);
      pauseMilliseconds = Math.min(2 * pauseMilliseconds, SLOWEST_MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // The node is ending.
    }
  }

  private void askAgain() {
    if (life.now().state() != NodeState.STARTING) {
      return;
    }
    try {
      ask();
    } catch (StartException | StorageException e) {
      founding.failed(String.valueOf(e.getMessage()));
    }
  }

  /** What another founder hears that asks meanwhile. */
  Founders founders() {
    return questions.founders();
  }
}

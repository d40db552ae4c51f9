package dev.quorate.node.replication;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Runs one of the loops: takes what waits in a mailbox, turns, and again. The one place of a member
 * that catches everything: whatever a turn throws is the end of the member.
 */
final class LoopThread<T> {
  /** One turn of a loop; the list may be empty when the loop asked to be woken. */
  @FunctionalInterface
  interface Turn<T> {
    void run(List<T> items) throws Exception;
  }

  /** For loops that have nothing to do unless something comes in. */
  static final LongSupplier NEVER = () -> System.nanoTime() + Duration.ofHours(1).toNanos();

  private final Mailbox<T> mailbox;
  private final LongSupplier nextWakeUpNanos;
  private final Turn<T> turn;
  private final Consumer<Throwable> onFault;
  private final Thread thread;
  private volatile boolean waiting = true;
  private volatile long turnBeganNanos;

  /**
   * A loop that is not started yet.
   *
   * @param nextWakeUpNanos until when the loop may sleep if nothing comes in; asked before every
   *     wait
   */
  LoopThread(
      String name,
      Mailbox<T> mailbox,
      LongSupplier nextWakeUpNanos,
      Turn<T> turn,
      Consumer<Throwable> onFault) {
    this.mailbox = mailbox;
    this.nextWakeUpNanos = nextWakeUpNanos;
    this.turn = turn;
    this.onFault = onFault;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!mailbox.isExhausted()) {
        var items = mailbox.take(nextWakeUpNanos.getAsLong());
        turnBeganNanos = System.nanoTime();
        waiting = false;
        turn.run(items);
        waiting = true;
      }
    } catch (Throwable e) {
      onFault.accept(e);
    }
  }

  /** Lets the loop finish what waits, and waits for that; false if it takes too long. */
  boolean finish(Duration patience) throws InterruptedException {
    mailbox.close();
    return thread.join(patience);
  }

  /** Whether the loop waits for work, or began its turn lately. */
  boolean turns(Duration patience) {
    return waiting || System.nanoTime() - turnBeganNanos < patience.toNanos();
  }
}

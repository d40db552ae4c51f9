package dev.quorate.node.execution;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Runs a loop. The one place of a member that catches everything: whatever a turn throws is the end
 * of the member.
 */
final class LoopThread implements RunningLoop {
  private final Loop loop;
  private final Consumer<Throwable> onFault;
  private final Thread thread;
  private volatile boolean waiting = true;
  private volatile long turnBeganNanos;

  LoopThread(String name, Loop loop, Consumer<Throwable> onFault) {
    this.loop = loop;
    this.onFault = onFault;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    Runnable wake = () -> LockSupport.unpark(thread);
    try {
      while (!loop.hasEnded()) {
        rest(wake);
        turnBeganNanos = System.nanoTime();
        waiting = false;
        loop.turn();
        waiting = true;
      }
    } catch (Throwable e) {
      onFault.accept(e);
    }
  }

  private void rest(Runnable wake) {
    if (loop.hasWork(wake)) {
      return;
    }
    // Asked once: a time that is told from now on would never come.
    long untilNanos = loop.restUntilNanos();
    do {
      long waitNanos = untilNanos - System.nanoTime();
      if (waitNanos <= 0) {
        return;
      }
      LockSupport.parkNanos(loop, waitNanos);
    } while (!loop.hasWork(wake));
  }

  @Override
  public boolean finish(Duration patience) throws InterruptedException {
    loop.close();
    return thread.join(patience);
  }

  @Override
  public boolean turns(Duration patience) {
    return waiting || System.nanoTime() - turnBeganNanos < patience.toNanos();
  }
}

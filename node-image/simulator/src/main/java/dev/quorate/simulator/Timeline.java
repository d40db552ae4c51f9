package dev.quorate.simulator;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what happens next is the event with the smallest time, then the older one. */
final class Timeline {
  private record Event(long timeMicros, long sequence, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::timeMicros).thenComparingLong(Event::sequence));
  private long nowMicros;
  private long sequence;

  long nowMicros() {
    return nowMicros;
  }

  void after(long delayMicros, Runnable action) {
    events.add(new Event(nowMicros + Math.max(0, delayMicros), sequence++, action));
  }

  /** Runs the next event; there always is one, because nodes tick for ever. */
  void runNext() {
    Event event = events.remove();
    nowMicros = event.timeMicros();
    event.action().run();
  }
}

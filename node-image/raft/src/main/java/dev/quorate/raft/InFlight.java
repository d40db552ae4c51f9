package dev.quorate.raft;

import java.util.ArrayDeque;

/** What is on the way to one follower and not yet answered, bounded in messages and bytes. */
final class InFlight {
  private record Sent(long lastIndex, long bytes) {}

  private final int maxMessages;
  private final long maxBytes;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private long bytes;

  InFlight(int maxMessages, long maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  void add(long lastIndex, long messageBytes) {
    sent.addLast(new Sent(lastIndex, messageBytes));
    bytes += messageBytes;
  }

  boolean isFull() {
    return sent.size() >= maxMessages || bytes >= maxBytes;
  }

  void answeredUpTo(long index) {
    while (!sent.isEmpty() && sent.getFirst().lastIndex() <= index) {
      bytes -= sent.removeFirst().bytes();
    }
  }

  void clear() {
    sent.clear();
    bytes = 0;
  }
}

package dev.quorate.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * Linearizable reads that wait until a majority confirms that this leader still leads (thesis,
 * section 6.4). All that wait share one round of heartbeats; a round begins after they came, so an
 * answer to an earlier heartbeat never counts for them.
 */
final class ReadIndexQueue {
  /** A read; {@code from} is the member that asked, or the leader itself. */
  record Read(long id, long from) {}

  private List<Read> waiting = new ArrayList<>();
  private List<Read> asked = List.of();
  private long round;
  private long readIndex;

  void add(Read read) {
    waiting.add(read);
  }

  boolean wantsRound() {
    return asked.isEmpty() && !waiting.isEmpty();
  }

  boolean roundRuns() {
    return !asked.isEmpty();
  }

  long round() {
    return round;
  }

  long readIndex() {
    return readIndex;
  }

  void beginRound(long committedIndex) {
    round++;
    readIndex = committedIndex;
    asked = waiting;
    waiting = new ArrayList<>();
  }

  /** The reads of the round, which is confirmed. */
  List<Read> endRound() {
    var confirmed = asked;
    asked = List.of();
    return confirmed;
  }

  /** All reads, answered by nobody: leadership ends. */
  List<Read> drain() {
    var all = new ArrayList<>(asked);
    all.addAll(waiting);
    asked = List.of();
    waiting = new ArrayList<>();
    return all;
  }
}

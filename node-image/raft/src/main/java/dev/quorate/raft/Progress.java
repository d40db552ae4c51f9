package dev.quorate.raft;

import dev.quorate.raft.log.Entry;
import java.util.List;

/**
 * What the leader knows of one other member's log. It is probed with one message at a time until
 * the point where the logs match is found, then gets entries without waiting for answers, or, if
 * the log no longer reaches back far enough, a snapshot.
 *
 * <p>Invariant: matchIndex < nextIndex.
 */
final class Progress {
  enum State {
    PROBE,
    REPLICATE,
    SNAPSHOT
  }

  private final InFlight inFlight;
  private final RoundTrips roundTrips;
  private State state = State.PROBE;
  private long matchIndex;
  private long nextIndex;

  /** A probe waits for its answer; a heartbeat's answer allows the next one. */
  private boolean probeSent;

  /** The committed index that was sent last. */
  private long toldCommittedIndex;

  /** Whether it was heard since the last check, and between the one before and that. */
  private boolean heard;

  private boolean heardBefore;

  /** It had no chance to be heard yet. */
  private boolean isNew;

  /** It refused what it has confirmed before. */
  private boolean doubtful;

  private long confirmedRound;

  Progress(long nextIndex, InFlight inFlight, RoundTrips roundTrips, boolean isNew) {
    this.nextIndex = nextIndex;
    this.inFlight = inFlight;
    this.roundTrips = roundTrips;
    this.isNew = isNew;
  }

  State state() {
    return state;
  }

  RoundTrips roundTrips() {
    return roundTrips;
  }

  long matchIndex() {
    return matchIndex;
  }

  long nextIndex() {
    return nextIndex;
  }

  long toldCommittedIndex() {
    return toldCommittedIndex;
  }

  /**
   * Whether it was heard within the last one or two election timeouts, and said nothing that cannot
   * be true together with what it confirmed.
   */
  boolean recentlyActive() {
    return (heard || heardBefore) && !doubtful;
  }

  /** Whether it has to confirm anew what it seems to have forgotten. */
  boolean doubtful() {
    return doubtful;
  }

  /** Whether it was heard since the last check; who is new has until the next one. */
  boolean activeInPeriod() {
    return heard || isNew;
  }

  long confirmedRound() {
    return confirmedRound;
  }

  /** Whether a message with entries may go out. */
  boolean mayGetEntries() {
    return switch (state) {
      case PROBE -> !probeSent;
      case REPLICATE -> !inFlight.isFull();
      case SNAPSHOT -> false;
    };
  }

  void sent(List<Entry> entries, long committedIndex) {
    toldCommittedIndex = committedIndex;
    if (state == State.PROBE) {
      probeSent = true;
    } else if (!entries.isEmpty()) {
      long bytes = 0;
      for (Entry entry : entries) {
        bytes += entry.sizeBytes();
      }
      nextIndex = entries.getLast().index() + 1;
      inFlight.add(entries.getLast().index(), bytes);
      roundTrips.appendSent(entries.getLast().index());
    }
  }

  void heard() {
    heard = true;
  }

  void heartbeatAnswered(long round) {
    heard = true;
    confirmedRound = Math.max(confirmedRound, round);
    probeSent = false;
  }

  /** Begins to count anew. */
  void endPeriod() {
    heardBefore = heard;
    heard = false;
    isNew = false;
  }

  /**
   * The follower has everything up to {@code index}; {@code firstIndex} is where the log begins.
   * Whether this is news.
   */
  boolean matched(long index, long firstIndex) {
    roundTrips.matched(index);
    boolean news = index > matchIndex;
    doubtful &= index < matchIndex;
    matchIndex = Math.max(matchIndex, index);
    nextIndex = Math.max(nextIndex, matchIndex + 1);
    switch (state) {
      case PROBE -> {
        // The answer to a probe of old: what was found then holds, and nothing more is on the way.
        state = State.REPLICATE;
        nextIndex = matchIndex + 1;
      }
      case REPLICATE -> inFlight.answeredUpTo(index);
      case SNAPSHOT -> {
        if (matchIndex + 1 >= firstIndex) {
          probeFrom(matchIndex + 1);
        }
      }
    }
    probeSent = false;
    return news;
  }

  /**
   * It says that its log cannot match beyond {@code index}. Below what it confirmed, that is either
   * older than the confirmation or its log is lost: it counts for nothing until it confirms again,
   * but stays where it was, because what others have been told by its word cannot be taken back.
   */
  void refusedBeyond(long index) {
    doubtful |= index < matchIndex;
  }

  /**
   * A message behind {@code index} was refused; {@code next} is where to try again. Whether that
   * was not known yet.
   */
  boolean refused(long index, long next) {
    boolean stale =
        switch (state) {
          // What it has confirmed it is not asked for again and again.
          case PROBE -> index != nextIndex - 1 || index <= matchIndex;
          case REPLICATE -> index <= matchIndex;
          case SNAPSHOT -> true;
        };
    if (stale) {
      return false;
    }
    probeFrom(Math.max(Math.min(index, next), matchIndex + 1));
    return true;
  }

  private void probeFrom(long next) {
    state = State.PROBE;
    nextIndex = next;
    probeSent = false;
    inFlight.clear();
    roundTrips.appendsLost();
  }

  void awaitSnapshot() {
    state = State.SNAPSHOT;
    roundTrips.appendsLost();
  }

  /** A transfer has ended; after a failed one the next heartbeat's answer allows another. */
  void snapshotSent(long index, boolean installed) {
    if (state == State.SNAPSHOT) {
      probeFrom(installed ? Math.max(matchIndex, index) + 1 : matchIndex + 1);
      probeSent = !installed;
    }
  }
}

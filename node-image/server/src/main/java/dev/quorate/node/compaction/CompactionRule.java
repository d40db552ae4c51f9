package dev.quorate.node.compaction;

import java.time.Duration;

/**
 * Decides which revision to compact, and remembers what it needs for that. It is asked from time to
 * time on every member, so that a new leader knows what was when; only the leader acts on it. For
 * one thread.
 */
public sealed interface CompactionRule permits PeriodicCompaction, RevisionCompaction {
  /** What {@link #due} says when there is nothing to do. */
  long NOTHING = 0;

  /** How often to ask. */
  Duration interval();

  /**
   * Takes note of the present revision, and tells which one to compact now.
   *
   * @param nowNanoseconds of a clock that never goes back
   */
  long due(long nowNanoseconds, long revision);

  /** What was due has been compacted, by whomever. */
  void compacted(long nowNanoseconds, long revision);
}

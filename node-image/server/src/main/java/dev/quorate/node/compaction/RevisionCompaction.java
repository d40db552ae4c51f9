package dev.quorate.node.compaction;

import java.time.Duration;

/** Keeps the last so many revisions; looks every five minutes, as etcd does. */
public final class RevisionCompaction implements CompactionRule {
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final long retained;
  private long lastRevision;

  public RevisionCompaction(long retained) {
    this.retained = retained;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public long due(long nowNanoseconds, long revision) {
    long oldest = revision - retained;
    return oldest > lastRevision ? oldest : NOTHING;
  }

  @Override
  public void compacted(long nowNanoseconds, long revision) {
    lastRevision = Math.max(lastRevision, revision);
  }
}

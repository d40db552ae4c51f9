package dev.quorate.node.storage.memory;

import dev.quorate.node.storage.LogImage;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log in memory; {@link #crashed} is what a restart after a power cut would find. */
public final class MemoryLogStorage implements LogStorage {
  private final Restored restored;
  private final LogImage durable;
  private final List<Runnable> unsynced = new ArrayList<>();
  private boolean closed;

  public MemoryLogStorage() {
    this(Restored.EMPTY);
  }

  private MemoryLogStorage(Restored restored) {
    this.restored = restored;
    durable = new LogImage(restored);
  }

  /** The log as it is on the disk, without what was not synced. */
  public MemoryLogStorage crashed() {
    return new MemoryLogStorage(durable.restored());
  }

  @Override
  public Restored restored() {
    return restored;
  }

  @Override
  public void append(
      @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries)
      throws IOException {
    checkOpen();
    unsynced.add(
        () -> {
          if (hardState != null) {
            durable.hardState(hardState);
          }
          if (snapshot != null) {
            durable.snapshot(snapshot);
          }
          for (var entry : entries) {
            if (!durable.entry(entry)) {
              throw new IllegalArgumentException(
                  "entry %d does not follow entry %d"
                      .formatted(entry.index(), durable.lastIndex()));
            }
          }
        });
  }

  @Override
  public void sync() throws IOException {
    checkOpen();
    unsynced.forEach(Runnable::run);
    unsynced.clear();
  }

  @Override
  public void removeUpTo(Snapshot base) throws IOException {
    checkOpen();
    unsynced.add(() -> durable.removeUpTo(base));
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      sync();
      closed = true;
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the log is closed");
    }
  }
}

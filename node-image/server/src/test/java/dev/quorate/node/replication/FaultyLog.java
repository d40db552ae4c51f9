package dev.quorate.node.replication;

import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A log whose disk can be made to fail or to stand still. */
final class FaultyLog implements LogStorage {
  private final LogStorage log;
  private volatile boolean failing;
  private volatile CountDownLatch still = new CountDownLatch(0);

  private volatile boolean closed;

  FaultyLog(LogStorage log) {
    this.log = log;
  }

  void fail() {
    failing = true;
  }

  boolean isClosed() {
    return closed;
  }

  void standStill() {
    still = new CountDownLatch(1);
  }

  void goOn() {
    still.countDown();
  }

  @Override
  public Restored restored() {
    return log.restored();
  }

  @Override
  public void append(
      @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries)
      throws IOException {
    log.append(hardState, snapshot, entries);
  }

  @Override
  public void sync() throws IOException {
    if (failing) {
      throw new IOException("Input/output error");
    }
    try {
      still.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    log.sync();
  }

  @Override
  public void removeUpTo(Snapshot base) throws IOException {
    log.removeUpTo(base);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    log.close();
  }
}

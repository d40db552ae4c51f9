package dev.quorate.node.storage.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.nio.ByteBuffer;

/**
 * The one buffer in which the next record is gathered until it is written; outside the heap,
 * because the write would otherwise copy it once more.
 */
final class RecordBuffer {
  private static final int USUAL_BYTES = 1 << 20;

  private ByteBuffer buffer = ByteBuffer.allocateDirect(USUAL_BYTES);

  RecordBuffer() {
    reset();
  }

  boolean isEmpty() {
    return buffer.position() == RecordFormat.RECORD_HEADER_BYTES;
  }

  /** What the record gathered so far takes in the file. */
  int recordBytes() {
    return RecordFormat.recordBytes(buffer.position() - RecordFormat.RECORD_HEADER_BYTES);
  }

  void hardState(HardState state) {
    ensureRoom(RecordCodec.HARD_STATE_BYTES);
    RecordCodec.putHardState(buffer, state);
  }

  void entry(Entry entry) {
    ensureRoom(RecordCodec.entryBytes(entry));
    RecordCodec.putEntry(buffer, entry);
  }

  void snapshot(Snapshot snapshot) {
    ensureRoom(RecordCodec.snapshotBytes(snapshot));
    RecordCodec.putSnapshot(buffer, snapshot);
  }

  void base(Snapshot base) {
    ensureRoom(RecordCodec.snapshotBytes(base));
    RecordCodec.putBase(buffer, base);
  }

  void lastIndex(long index) {
    ensureRoom(RecordCodec.LAST_INDEX_BYTES);
    RecordCodec.putLastIndex(buffer, index);
  }

  /** Completes the record; it is in {@link #bytes} then. */
  int finish(int segmentCrc, int previousCrc) {
    int crc = RecordFormat.finishRecord(buffer, 0, segmentCrc, previousCrc);
    buffer.flip();
    return crc;
  }

  ByteBuffer bytes() {
    return buffer;
  }

  /** Begins the next record; gives back what an unusually large one has taken. */
  void reset() {
    if (buffer.capacity() > 16 * USUAL_BYTES) {
      buffer = ByteBuffer.allocateDirect(USUAL_BYTES);
    }
    buffer.clear().position(RecordFormat.RECORD_HEADER_BYTES);
  }

  private void ensureRoom(int itemBytes) {
    int needed = buffer.position() + itemBytes + RecordFormat.recordBytes(0);
    if (needed > buffer.capacity()) {
      var larger = ByteBuffer.allocateDirect(Math.max(needed, 2 * buffer.capacity()));
      buffer = larger.put(buffer.flip());
    }
  }
}

package dev.quorate.node.storage.wal;

import dev.quorate.node.storage.LogImage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.nio.ByteBuffer;
import java.util.SortedSet;
import java.util.TreeSet;

/** The items a record's payload is made of. Their codes are on disks and never change. */
final class RecordCodec {
  static final int HARD_STATE_BYTES = 1 + 3 * Long.BYTES;
  static final int LAST_INDEX_BYTES = 1 + Long.BYTES;

  private static final byte HARD_STATE = 1;
  private static final byte SNAPSHOT = 2;
  private static final byte ENTRY = 3;

  /** Entries up to here are not needed any more. */
  private static final byte BASE = 4;

  /** In the first record of a segment, behind its BASE: where the segment before ended. */
  private static final byte LAST_INDEX = 5;

  private static final int ENTRY_HEADER_BYTES = 1 + 2 * Long.BYTES + 1 + Integer.BYTES;

  private RecordCodec() {}

  static int entryBytes(Entry entry) {
    return ENTRY_HEADER_BYTES + entry.data().size();
  }

  static int snapshotBytes(Snapshot snapshot) {
    var configuration = snapshot.configuration();
    int members = configuration.voters().size() + configuration.learners().size();
    return 1 + 2 * Long.BYTES + 2 * Integer.BYTES + members * Long.BYTES;
  }

  static void putHardState(ByteBuffer buffer, HardState state) {
    buffer.put(HARD_STATE).putLong(state.term()).putLong(state.vote()).putLong(state.committed());
  }

  static void putEntry(ByteBuffer buffer, Entry entry) {
    byte[] data = entry.data().array();
    buffer.put(ENTRY).putLong(entry.term()).putLong(entry.index());
    buffer.put((byte) entry.kind().code()).putInt(data.length).put(data);
  }

  static void putSnapshot(ByteBuffer buffer, Snapshot snapshot) {
    putSnapshot(buffer, SNAPSHOT, snapshot);
  }

  static void putBase(ByteBuffer buffer, Snapshot base) {
    putSnapshot(buffer, BASE, base);
  }

  static void putLastIndex(ByteBuffer buffer, long lastIndex) {
    buffer.put(LAST_INDEX).putLong(lastIndex);
  }

  private static void putSnapshot(ByteBuffer buffer, byte code, Snapshot snapshot) {
    buffer.put(code).putLong(snapshot.id().term()).putLong(snapshot.id().index());
    putMembers(buffer, snapshot.configuration().voters());
    putMembers(buffer, snapshot.configuration().learners());
  }

  private static void putMembers(ByteBuffer buffer, SortedSet<Long> ids) {
    buffer.putInt(ids.size());
    for (long id : ids) {
      buffer.putLong(id);
    }
  }

  /**
   * Carries out all items of a payload; {@code first}: it is the first record of the oldest
   * segment, and nothing is known of what was before.
   *
   * @throws IllegalArgumentException if the items do not fit each other or are not known
   */
  static void replay(ByteBuffer payload, LogImage image, boolean first) {
    var base = Snapshot.NONE;
    while (payload.hasRemaining()) {
      byte code = payload.get();
      switch (code) {
        case HARD_STATE ->
            image.hardState(new HardState(payload.getLong(), payload.getLong(), payload.getLong()));
        case SNAPSHOT -> image.snapshot(snapshot(payload));
        case ENTRY -> {
          var entry = entry(payload);
          if (!image.entry(entry)) {
            throw new IllegalArgumentException(
                "entry %d follows entry %d".formatted(entry.index(), image.lastIndex()));
          }
        }
        case BASE -> {
          base = snapshot(payload);
          image.removeUpTo(base);
        }
        case LAST_INDEX -> {
          long lastIndex = payload.getLong();
          if (first) {
            image.beginBehind(base, lastIndex);
          }
        }
        default -> throw new IllegalArgumentException("unknown kind of item: " + code);
      }
    }
  }

  private static Entry entry(ByteBuffer payload) {
    var id = new EntryId(payload.getLong(), payload.getLong());
    var kind = EntryKind.ofCode(payload.get());
    var data = new byte[payload.getInt()];
    payload.get(data);
    return new Entry(id, kind, Bytes.of(data));
  }

  private static Snapshot snapshot(ByteBuffer payload) {
    var id = new EntryId(payload.getLong(), payload.getLong());
    return new Snapshot(id, new Configuration(members(payload), members(payload)));
  }

  private static SortedSet<Long> members(ByteBuffer payload) {
    var ids = new TreeSet<Long>();
    for (int count = payload.getInt(); count > 0; count--) {
      ids.add(payload.getLong());
    }
    return ids;
  }
}

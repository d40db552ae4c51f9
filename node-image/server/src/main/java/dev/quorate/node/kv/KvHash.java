package dev.quorate.node.kv;

import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A checksum over all versions that clients can read between the compacted revision and another
 * one: equal on members that hold the same, however far each is with deleting what was compacted.
 */
final class KvHash {
  private final Reader reader;
  private final StoreState state;
  private final long revision;
  private final RangeReader history;
  private final CRC32 checksum = new CRC32();

  private KvHash(Reader reader, StoreState state, long revision) {
    this.reader = reader;
    this.state = state;
    this.revision = revision;
    this.history = new RangeReader(reader, state.revision(), state.compactRevision());
  }

  static ApplyResult of(Reader reader, StoreState state, long requested, Runnable betweenKeys) {
    long revision = requested == 0 ? state.revision() : requested;
    if (revision > state.revision()) {
      return new ApplyResult.Refused(KvError.FUTURE_REVISION);
    }
    if (revision < state.compactRevision()) {
      return new ApplyResult.Refused(KvError.COMPACTED);
    }
    return new KvHash(reader, state, revision).compute(betweenKeys);
  }

  private ApplyResult compute(Runnable betweenKeys) {
    try (var cursor = reader.scan(Table.LATEST, new byte[0], null)) {
      for (; cursor.valid(); cursor.next()) {
        key(cursor.key(), KeyVersion.ofLatest(cursor.value()));
        betweenKeys.run();
      }
    }
    var response =
        HashKVResponse.newBuilder()
            .setHash((int) checksum.getValue())
            .setCompactRevision(state.compactRevision())
            .setHashRevision(revision);
    return new ApplyResult.Done(response.build(), state.revision());
  }

  /** Adds a key's versions from the newest to the one that was present at the compaction. */
  private void key(byte[] key, KeyVersion latest) {
    var version = latest;
    while (version != null) {
      boolean oldest = version.mod.main() <= state.compactRevision();
      if (version.mod.main() <= revision && !(oldest && version.tombstone)) {
        add(key, version);
      }
      if (oldest) {
        return;
      }
      // Only a row of HISTORY knows what was before it.
      var row = version == latest ? history.history(version.mod) : version;
      version =
          row == null || row.previous.equals(Revision.NONE) ? null : history.history(row.previous);
    }
  }

  private void add(byte[] key, KeyVersion version) {
    checksum.update(
        ByteBuffer.allocate(5 * Long.BYTES + Integer.BYTES + 1)
            .put((byte) (version.tombstone ? 1 : 0))
            .putLong(version.mod.main())
            .putInt(version.mod.sub())
            .putLong(version.create)
            .putLong(version.version)
            .putLong(version.lease)
            .putInt(key.length)
            .array());
    checksum.update(key);
    checksum.update(version.value().asReadOnlyByteBuffer());
  }
}

package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys as of a revision: the present is one scan over LATEST; the past begins there too and
 * follows each key's previous revisions through HISTORY.
 */
final class RangeReader {
  private final Reader reader;
  private final long revision;
  private final long compactRevision;

  /** Reads what {@code reader} shows, whose newest revision is {@code revision}. */
  RangeReader(Reader reader, long revision, long compactRevision) {
    this.reader = reader;
    this.revision = revision;
    this.compactRevision = compactRevision;
  }

  long revision() {
    return revision;
  }

  /** Whether a client may read at a revision; 0 and below means the present. */
  @Nullable KvError check(long requested) {
    if (requested > revision) {
      return KvError.FUTURE_REVISION;
    }
    return (requested <= 0 ? revision : requested) < compactRevision ? KvError.COMPACTED : null;
  }

  /**
   * The same within a transaction, where etcd takes a negative revision for an old one, and refuses
   * it like one that was compacted.
   */
  @Nullable KvError checkInTxn(long requested) {
    return requested < 0 && requested < compactRevision ? KvError.COMPACTED : check(requested);
  }

  /**
   * Answers a request that {@link #check} has let through; the header carries the revision.
   *
   * @param room asked before a pair is kept
   */
  RangeResponse range(RangeRequest request, AnswerRoom room) {
    var response =
        RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(revision));
    if (request.getCountOnly()) {
      var range = KeyRange.of(request.getKey(), request.getRangeEnd());
      return response.setCount(count(range, revisionOf(request))).build();
    }
    var selection = PairSelection.of(request, room);
    long count = select(request, selection);
    List<KeyValue> kept = selection.inOrder();
    long limit = Math.max(0, request.getLimit());
    boolean more = limit > 0 && kept.size() > limit;
    if (more) {
      kept = kept.subList(0, (int) limit);
    }
    if (request.getKeysOnly() && request.getSortTarget() == SortTarget.VALUE) {
      kept = kept.stream().map(pair -> pair.toBuilder().clearValue().build()).toList();
    }
    return response.addAllKvs(kept).setMore(more).setCount(count).build();
  }

  private long revisionOf(RangeRequest request) {
    return request.getRevision() <= 0 ? revision : request.getRevision();
  }

  /** Asks for the room that {@link #range} would ask for, and returns how much it has taken. */
  long measure(RangeRequest request, AnswerRoom room) {
    if (request.getCountOnly()) {
      return 0;
    }
    var selection = PairSelection.measuring(request, room);
    var _ = select(request, selection);
    return selection.takenBytes();
  }

  /** Returns how many keys there are, selected or not. */
  private long select(RangeRequest request, PairSelection selection) {
    var count = new long[1];
    scan(
        KeyRange.of(request.getKey(), request.getRangeEnd()),
        revisionOf(request),
        (key, version) -> {
          count[0]++;
          if (selection.isOpen() && passes(version, request)) {
            selection.offer(key, version);
          }
        });
    return count[0];
  }

  /**
   * The first keys of a range at a revision, until one of the bounds is reached: at least one key,
   * if there is one. It looks at no more than it answers, so there is no count.
   */
  RangeResponse page(RangeRequest request, long maxKeys, long maxBytes) {
    var page = RangeResponse.newBuilder();
    var sizeBytes = new long[1];
    visit(
        KeyRange.of(request.getKey(), request.getRangeEnd()),
        revisionOf(request),
        (key, version) -> {
          if (page.getKvsCount() == maxKeys || sizeBytes[0] >= maxBytes) {
            page.setMore(true);
            return false;
          }
          var found = version.toKeyValue(key, !request.getKeysOnly());
          sizeBytes[0] += found.getSerializedSize();
          page.addKvs(found);
          return true;
        });
    return page.build();
  }

  /** The keys that live in a range now, with their newest versions. */
  List<KeyValue> present(KeyRange range) {
    var found = new ArrayList<KeyValue>();
    scan(range, revision, (key, version) -> found.add(version.toKeyValue(key, true)));
    return found;
  }

  @Nullable KeyVersion latest(byte[] key) {
    byte[] row = reader.get(Table.LATEST, key);
    return row == null ? null : KeyVersion.ofLatest(row);
  }

  /** The same without its value, which costs less. */
  @Nullable KeyVersion latestNumbers(byte[] key) {
    byte[] start = reader.start(Table.LATEST, key);
    if (start == null) {
      return null;
    }
    return KeyVersion.hasNumbers(start) ? KeyVersion.ofLatestStart(start) : latest(key);
  }

  /** The key as it lives at the newest revision, perhaps without its value; null if it does not. */
  @Nullable KeyVersion presentNumbers(byte[] key) {
    var latest = latestNumbers(key);
    return latest == null ? null : asOf(latest, revision);
  }

  private long count(KeyRange range, long at) {
    var counter = new long[1];
    scan(range, at, (_, _) -> counter[0]++);
    return counter[0];
  }

  /** Visits the keys that lived at a revision, in their order. */
  void scan(KeyRange range, long at, BiConsumer<ByteString, KeyVersion> visitor) {
    visit(
        range,
        at,
        (key, version) -> {
          visitor.accept(key, version);
          return true;
        });
  }

  /** As {@link #scan}, until the visitor says false. */
  void visit(KeyRange range, long at, BiPredicate<ByteString, KeyVersion> visitor) {
    if (range.single) {
      var latest = latest(range.from);
      var version = latest == null ? null : asOf(latest, at);
      if (version != null) {
        var _ = visitor.test(UnsafeByteOperations.unsafeWrap(range.from), version);
      }
      return;
    }
    if (range.isEmpty()) {
      return;
    }
    try (var cursor = reader.scan(Table.LATEST, range.from, range.end)) {
      for (boolean more = true; more && cursor.valid(); cursor.next()) {
        var version = asOf(KeyVersion.ofLatest(cursor.value()), at);
        more =
            version == null || visitor.test(UnsafeByteOperations.unsafeWrap(cursor.key()), version);
      }
    }
  }

  /** The version that was the newest at a revision; null if the key did not live then. */
  private @Nullable KeyVersion asOf(KeyVersion latest, long at) {
    if (latest.mod.main() <= at) {
      return latest.tombstone ? null : latest;
    }
    // Only the row in HISTORY knows what was before it; a row that is gone was a compacted delete.
    var version = history(latest.mod);
    while (version != null && version.mod.main() > at) {
      version = version.previous.equals(Revision.NONE) ? null : history(version.previous);
    }
    return version == null || version.tombstone ? null : version;
  }

  @Nullable KeyVersion history(Revision mod) {
    byte[] row = reader.get(Table.HISTORY, mod.encode());
    return row == null ? null : KeyVersion.ofHistory(mod, row);
  }

  private static boolean passes(KeyVersion version, RangeRequest request) {
    return within(version.mod.main(), request.getMinModRevision(), request.getMaxModRevision())
        && within(version.create, request.getMinCreateRevision(), request.getMaxCreateRevision());
  }

  /** A bound of 0 is none. */
  private static boolean within(long revision, long min, long max) {
    return (max == 0 || revision <= max) && (min == 0 || revision >= min);
  }
}

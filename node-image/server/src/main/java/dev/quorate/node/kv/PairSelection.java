package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What a range keeps of the pairs it meets, which come in the order of their keys: as many as its
 * limit allows and one more, the first or, if they are to be sorted, the best of all.
 */
final class PairSelection {
  /** What a pair takes in memory beside its key and value. */
  private static final long PAIR_BYTES = 200;

  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  private final AnswerRoom room;
  private final boolean withValues;
  private final boolean keeps;
  private final long most;

  /** Without equal pairs; null: they are in order as they come. */
  private final @Nullable Comparator<KeyValue> order;

  private final List<KeyValue> first = new ArrayList<>();

  /** The best so far, the worst of them at the head; null if the first ones are kept. */
  private final @Nullable PriorityQueue<KeyValue> best;

  private long selected;
  private long takenBytes;

  private PairSelection(RangeRequest request, AnswerRoom room, boolean keeps) {
    this.room = room;
    this.keeps = keeps;
    withValues = needsValues(request);
    order = order(request);
    long limit = request.getLimit();
    boolean limited = limit > 0 && limit < Long.MAX_VALUE;
    most = limited ? limit + 1 : Long.MAX_VALUE;
    best =
        limited && order != null && sortsAll(request)
            ? new PriorityQueue<>(order.reversed())
            : null;
  }

  static PairSelection of(RangeRequest request, AnswerRoom room) {
    return new PairSelection(request, room, true);
  }

  /** One that only asks for the room that the other would take. */
  static PairSelection measuring(RangeRequest request, AnswerRoom room) {
    return new PairSelection(request, room, false);
  }

  private static boolean needsValues(RangeRequest request) {
    return !request.getKeysOnly() || request.getSortTarget() == SortTarget.VALUE;
  }

  /** Without an order etcd sorts what it has fetched, and with a filter that is everything. */
  private static boolean sortsAll(RangeRequest request) {
    return request.getSortOrder() != SortOrder.NONE || hasFilter(request);
  }

  static boolean hasFilter(RangeRequest request) {
    return request.getMinModRevision() != 0
        || request.getMaxModRevision() != 0
        || request.getMinCreateRevision() != 0
        || request.getMaxCreateRevision() != 0;
  }

  /** Equal ones stay in the order of their keys. */
  private static @Nullable Comparator<KeyValue> order(RangeRequest request) {
    boolean descends = request.getSortOrder() == SortOrder.DESCEND;
    if (request.getSortTarget() == SortTarget.KEY && !descends) {
      return null;
    }
    Comparator<KeyValue> byKey = Comparator.comparing(KeyValue::getKey, BYTES);
    Comparator<KeyValue> order =
        switch (request.getSortTarget()) {
          case KEY, UNRECOGNIZED -> byKey;
          case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
          case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
          case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
          case VALUE -> Comparator.comparing(KeyValue::getValue, BYTES);
        };
    return (descends ? order.reversed() : order).thenComparing(byKey);
  }

  /** Whether any more pairs may be selected. */
  boolean isOpen() {
    return best != null || selected < most;
  }

  void offer(ByteString key, KeyVersion version) {
    var pair = version.toKeyValue(key, withValues);
    if (selected < most) {
      selected++;
      keep(pair);
    } else if (best != null && best.comparator().compare(pair, best.element()) > 0) {
      giveBack(best.remove());
      keep(pair);
    }
  }

  private void keep(KeyValue pair) {
    long bytes = bytes(pair);
    room.take(bytes);
    takenBytes += bytes;
    if (best != null) {
      best.add(pair);
    } else if (keeps) {
      first.add(pair);
    }
  }

  private void giveBack(KeyValue pair) {
    long bytes = bytes(pair);
    room.giveBack(bytes);
    takenBytes -= bytes;
  }

  private static long bytes(KeyValue pair) {
    return bytes(pair.getKey(), pair.getValue().size());
  }

  /** About how much a pair takes in memory. */
  static long bytes(ByteString key, long valueBytes) {
    return PAIR_BYTES + key.size() + valueBytes;
  }

  /** How much of the room the selected pairs have taken. */
  long takenBytes() {
    return takenBytes;
  }

  /** What was selected, in the order of the request. */
  List<KeyValue> inOrder() {
    var pairs = best == null ? first : new ArrayList<>(best);
    if (order != null) {
      pairs.sort(order);
    }
    return pairs;
  }
}

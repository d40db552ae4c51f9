package dev.quorate.node.watch;

import com.google.protobuf.CodedOutputStream;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** Cuts a response that is too large for one message, for clients that put it together again. */
final class Fragments {
  private static final int EVENTS_FIELD = 11;

  private Fragments() {}

  /**
   * The pieces of a response, each smaller than {@code maxBytes} unless a single event is not; all
   * but the last are marked as fragments.
   */
  static List<WatchResponse> of(WatchResponse whole, int maxBytes) {
    if (whole.getEventsCount() < 2 || whole.getSerializedSize() < maxBytes) {
      return List.of(whole);
    }
    var frame = whole.toBuilder().clearEvents().setFragment(true).build();
    var pieces = new ArrayList<WatchResponse>();
    var piece = frame.toBuilder();
    int bytes = frame.getSerializedSize();
    for (var event : whole.getEventsList()) {
      int eventBytes = sizeInResponse(event);
      if (piece.getEventsCount() > 0 && bytes + eventBytes >= maxBytes) {
        pieces.add(piece.build());
        piece = frame.toBuilder();
        bytes = frame.getSerializedSize();
      }
      piece.addEvents(event);
      bytes += eventBytes;
    }
    pieces.add(piece.setFragment(false).build());
    return pieces;
  }

  private static int sizeInResponse(Event event) {
    return CodedOutputStream.computeMessageSize(EVENTS_FIELD, event);
  }
}

package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.kv.Change;
import java.util.List;

/** How changes become responses. */
final class Responses {
  private Responses() {}

  /** Where a piece of whole revisions ends that has about so many bytes, or is one revision. */
  static int endOfPiece(List<Change> changes, int begin, int maxBytes) {
    long bytes = 0;
    int at = begin;
    while (at < changes.size()) {
      var change = changes.get(at);
      boolean isNextRevision = at > begin && change.revision() != changes.get(at - 1).revision();
      if (isNextRevision && bytes + change.sizeBytes() > maxBytes) {
        return at;
      }
      bytes += change.sizeBytes();
      at++;
    }
    return at;
  }

  /** About how large a response with these changes is. */
  static long sizeBytes(List<Change> changes) {
    long bytes = 0;
    for (var change : changes) {
      bytes += change.sizeBytes();
    }
    return bytes;
  }

  /** The changes as events; what was there before a change is told unless it has been compacted. */
  static WatchResponse.Builder events(Watcher watcher, List<Change> changes, long compactRevision) {
    var response = WatchResponse.newBuilder().setWatchId(watcher.id);
    for (var change : changes) {
      boolean withPrevious = watcher.wantsPrevious && change.revision() > compactRevision;
      response.addEvents(change.event(withPrevious));
    }
    return response;
  }
}

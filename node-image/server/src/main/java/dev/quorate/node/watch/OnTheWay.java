package dev.quorate.node.watch;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is on the way to clients in large responses, all streams of a loop together: a client that
 * does not read keeps the last one in the memory of the network. When that is too much, streams
 * with another large one wait until some have left.
 */
final class OnTheWay {
  private final int largeBytes;
  private final long maxBytes;
  private long bytes;
  private final Set<WatchStream> waiting = new LinkedHashSet<>();

  /** Counts responses of more than {@code largeBytes}, up to about {@code maxBytes}. */
  OnTheWay(int largeBytes, long maxBytes) {
    this.largeBytes = largeBytes;
    this.maxBytes = maxBytes;
  }

  boolean counts(long responseBytes) {
    return responseBytes > largeBytes;
  }

  /** Whether a response may go; otherwise its stream waits. A single one always may. */
  boolean take(WatchStream stream, long responseBytes) {
    if (bytes > 0 && bytes + responseBytes > maxBytes) {
      waiting.add(stream);
      return false;
    }
    bytes += responseBytes;
    return true;
  }

  void giveBack(long leftBytes) {
    bytes -= leftBytes;
  }

  void forget(WatchStream stream) {
    waiting.remove(stream);
  }

  /** The streams that waited, which may try again. */
  List<WatchStream> takeWaiting() {
    var taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }
}

package dev.quorate.node.watch;

/** How much is held for clients that do not read, all streams of a loop together. */
final class HeldBytes {
  private final int maxBytes;
  private long bytes;

  HeldBytes(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean hasRoomFor(int more) {
    return bytes + more <= maxBytes;
  }

  void add(int more) {
    bytes += more;
  }

  void release(long less) {
    bytes -= less;
  }
}

package dev.quorate.node.kv;

/**
 * How large the pieces are in which the state machine does what may be much.
 *
 * @param compactedEvents how many events of a compaction are looked at in one round
 * @param keys how many keys a command looks up before it changes them
 * @param heldBytes what one command may hold in memory before its changes go to the storage
 */
record Pieces(int compactedEvents, int keys, long heldBytes) {
  static final Pieces USUAL = new Pieces(1000, 1000, 8 << 20);
}

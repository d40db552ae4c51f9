package dev.quorate.node.kv;

/**
 * Keeps a command going whose changes do not fit into memory: they go to the storage in pieces.
 * They are of the revision behind the newest one, so nobody sees them until the command has ended,
 * and {@link UnfinishedCommand} takes them back if it never does.
 */
interface Room {
  /** How much a command does before it asks for room. */
  Pieces pieces();

  /** Writes what was changed so far. */
  void make();
}

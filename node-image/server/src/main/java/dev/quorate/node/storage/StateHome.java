package dev.quorate.node.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a member's state lives on its disk: opened at the start, and replaced as a whole by one
 * that the leader sent. Copies to send may be asked for beside everything else; the rest happens in
 * turn.
 */
public interface StateHome {
  /** Opens the state, an empty one if there is none yet. */
  StateStorage open() throws IOException;

  /** An empty directory on the same disk to receive a state into; what it held before is gone. */
  Path emptyIncoming() throws IOException;

  /** A directory that does not exist yet, on the same disk, for a checkpoint to send. */
  Path newOutgoing() throws IOException;

  /**
   * Puts the received state in the place of the present one, which must be closed: durable when
   * this returns, and after a crash it is the one or the other.
   */
  void adoptIncoming() throws IOException;
}

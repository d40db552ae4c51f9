package dev.quorate.raft;

/**
 * This node's log lacks what it once reported as durable: its disk was emptied, or lied. Others may
 * have acknowledged writes on its word, so it must neither vote nor append any more: nobody but the
 * runner of a loop catches this, and the member is replaced.
 */
public final class LogLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogLostException(String message) {
    super(message);
  }
}

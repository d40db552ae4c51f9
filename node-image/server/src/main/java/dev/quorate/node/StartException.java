package dev.quorate.node;

/** Why a node could not start; the message is one line that says what to do. */
final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }
}

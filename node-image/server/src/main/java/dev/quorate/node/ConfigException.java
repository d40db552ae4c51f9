package dev.quorate.node;

/**
 * Arguments that make no sense; the message is one line that names the flag and what would be
 * right.
 */
final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }
}

package dev.quorate.node.flags;

/**
 * Flags that make no sense; the message is one line that names the flag and what would be right.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}

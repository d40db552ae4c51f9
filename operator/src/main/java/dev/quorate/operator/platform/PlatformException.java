package dev.quorate.operator.platform;

import org.jspecify.annotations.Nullable;

/** The platform could not do or tell something; the message says what and what would help. */
public final class PlatformException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PlatformException(String message) {
    super(message);
  }

  public PlatformException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

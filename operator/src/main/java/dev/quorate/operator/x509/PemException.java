package dev.quorate.operator.x509;

/** Text that is not what it should be; the message goes on after the name of where it stands. */
public final class PemException extends Exception {
  private static final long serialVersionUID = 1L;

  PemException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

package dev.quorate.operator.act;

/** An action did not succeed, or it is not known whether it did; looking again tells. */
public final class ActionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  ActionFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

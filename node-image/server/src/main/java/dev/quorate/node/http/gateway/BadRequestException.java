package dev.quorate.node.http.gateway;

/** The body of a request is not what the call takes; the message says what would be right. */
final class BadRequestException extends Exception {
  private static final long serialVersionUID = 1;

  BadRequestException(String message) {
    super(message);
  }
}

package dev.quorate.node.tls;

/**
 * Files that TLS cannot be made of; the message is one line that names the file and what is wrong.
 */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  TlsException(String message) {
    super(message);
  }
}

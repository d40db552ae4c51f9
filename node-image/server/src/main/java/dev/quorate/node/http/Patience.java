package dev.quorate.node.http;

/** How long a client may take, so that none holds a connection by being slow on purpose. */
final class Patience {
  /** For a TLS handshake, and for the first bytes that tell what the client wants to speak. */
  static final long BEGINNING_MILLISECONDS = 10_000;

  /** For the head of an HTTP/1 request, from its first byte. */
  static final long HEAD_MILLISECONDS = 10_000;

  /** For a whole HTTP/1 request, or for one message of a body that is a stream of them. */
  static final long REQUEST_MILLISECONDS = 60_000;

  /** For reading what was answered to a request that was not read to its end. */
  static final long LAST_ANSWER_MILLISECONDS = 500;

  private Patience() {}
}

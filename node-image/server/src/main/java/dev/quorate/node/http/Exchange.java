package dev.quorate.node.http;

import io.netty.buffer.ByteBuf;

/**
 * One request while its body comes in and until it is answered through its {@link HttpReply}.
 * Called on the connection's event loop.
 */
public interface Exchange {
  /** For a request that was answered by its head; whatever else it has is dropped. */
  Exchange OVER =
      new Exchange() {
        @Override
        public void received(ByteBuf piece, boolean last) {}

        @Override
        public void disconnected() {}
      };

  /**
   * The next piece of the body; the one after it comes when {@link HttpReply#readMore} asks for it.
   *
   * @param piece valid during the call only
   * @param last whether the body ends with it
   */
  void received(ByteBuf piece, boolean last);

  /** Whether the body is a stream of messages, between which a client may take any time. */
  default boolean streamsBody() {
    return false;
  }

  /** The client has gone before it was answered: nobody waits any more. */
  void disconnected();
}

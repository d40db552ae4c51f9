package dev.quorate.node.metrics;

/** Counts what members say to each other; called from many threads, must not block. */
public interface PeerMetrics {
  /** Counts nothing: for tests. */
  PeerMetrics NONE =
      new PeerMetrics() {
        @Override
        public ToPeer to(long local, long remote) {
          return new ToPeer() {};
        }

        @Override
        public FromPeer from(long remote) {
          return new FromPeer() {};
        }
      };

  ToPeer to(long local, long remote);

  FromPeer from(long remote);

  /** What goes to one peer. */
  interface ToPeer {
    default void sent(long bytes) {}

    /** Messages were dropped, or what was on its way is lost. */
    default void failed(int messages) {}

    default void answered(long roundTripNanoseconds) {}

    /** The peer answers; told again and again while it does. */
    default void active() {}

    default void inactive() {}

    /** A whole state was sent, or could not be. */
    default void stateSent(boolean arrived) {}

    /** It is no peer any more. */
    default void removed() {}
  }

  /** What comes from one peer. */
  interface FromPeer {
    default void received(long bytes) {}

    /** What came could not be read, or there was no room for it. */
    default void failed() {}

    /** A whole state has arrived, or its transfer broke. */
    default void stateReceived(boolean arrived) {}
  }
}

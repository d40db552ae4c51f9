package dev.quorate.node.transport.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

/** Makes a channel that failed try again before it would by itself. */
final class Reconnection {
  private Reconnection() {}

  /**
   * Lets a channel that takes itself for broken look up its name and connect anew with the next
   * call; streams that are open stay so.
   *
   * <p>To end its pauses is not enough. When a name could not be found for a moment, grpc-java's
   * pick_first goes on to hear of the address from before; if that fails after the new one is
   * connected, it takes the failure for that of the new one and refuses every call for as long as
   * the connection lasts.
   */
  static void prepare(ManagedChannel channel) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.enterIdle();
    }
  }
}

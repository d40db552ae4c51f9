package dev.quorate.node.watch;

import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchResponse;
import org.jspecify.annotations.Nullable;

/** The client's end of one stream of watches; used by one thread. None of it may block. */
public interface WatchClient {
  /** Why a stream is ended by the server. */
  enum End {
    /** The client wants no watches without a leader, and there is none. */
    NO_LEADER,
    STOPPED,
    /** Something went wrong here; the client goes on with another stream. */
    FAILED
  }

  /** Why the client may not have this watch, in etcd's words; null if it may. */
  default @Nullable String refusal(WatchCreateRequest request) {
    return null;
  }

  /** The header of a response as of a revision. */
  ResponseHeader header(long revision);

  /**
   * Whether what was sent before has left, more or less. After a no the stream is told as soon as
   * it is so again.
   */
  boolean isReady();

  void send(WatchResponse response);

  /** Lets one more request of the client in; as many as were granted come at the most. */
  void requestOne();

  /** The last thing that is called. */
  void end(End reason);
}

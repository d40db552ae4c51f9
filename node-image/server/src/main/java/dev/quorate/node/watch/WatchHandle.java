package dev.quorate.node.watch;

import dev.quorate.api.etcd.WatchRequest;

/** The server's end of one stream of watches, for whoever brings the client; of any thread. */
public interface WatchHandle {
  void request(WatchRequest request);

  /** The client, that could not take responses, can again. */
  void ready();

  /** The client has gone. */
  void close();
}

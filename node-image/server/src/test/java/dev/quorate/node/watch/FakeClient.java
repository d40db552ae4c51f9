package dev.quorate.node.watch;

import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that takes as many responses as it is told to. */
final class FakeClient implements WatchClient {
  final List<WatchResponse> responses = new ArrayList<>();
  int room = Integer.MAX_VALUE;
  int requested;
  @Nullable End ended;

  @Override
  public ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  @Override
  public boolean isReady() {
    return room > 0;
  }

  @Override
  public void send(WatchResponse response) {
    room--;
    responses.add(response);
  }

  @Override
  public void requestOne() {
    requested++;
  }

  @Override
  public void end(End reason) {
    ended = reason;
  }
}

package dev.quorate.node.rpc;

import io.grpc.ServerCall.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what happens to a call until its service listens. That is little: no message comes before
 * the service has asked for one.
 */
final class LateListener<Q> extends Listener<Q> {
  private List<Consumer<Listener<Q>>> early = new ArrayList<>();
  private @Nullable Listener<Q> service;

  /** Hands on what has happened, and from now on everything at once. */
  void begin(Listener<Q> listener) {
    for (var events = takeEarly(listener); !events.isEmpty(); events = takeEarly(listener)) {
      events.forEach(event -> event.accept(listener));
    }
  }

  private synchronized List<Consumer<Listener<Q>>> takeEarly(Listener<Q> listener) {
    var taken = early;
    early = new ArrayList<>();
    if (taken.isEmpty()) {
      service = listener;
    }
    return taken;
  }

  private void tell(Consumer<Listener<Q>> event) {
    Listener<Q> listener;
    synchronized (this) {
      listener = service;
      if (listener == null) {
        early.add(event);
        return;
      }
    }
    event.accept(listener);
  }

  @Override
  public void onMessage(Q message) {
    tell(listener -> listener.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    tell(Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    tell(Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tell(Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(Listener::onReady);
  }
}

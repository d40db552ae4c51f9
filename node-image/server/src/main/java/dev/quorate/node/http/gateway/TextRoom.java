package dev.quorate.node.http.gateway;

import org.jspecify.annotations.Nullable;

/** Where answers find room in memory while they are made into text and sent; of any thread. */
public interface TextRoom {
  /** Takes room for a message of so many bytes; run what it returns to give it back. */
  Runnable hold(long messageBytes);

  /** The same, or null if there is no room. */
  @Nullable Runnable take(long messageBytes);
}

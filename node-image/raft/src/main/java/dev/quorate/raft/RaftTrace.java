package dev.quorate.raft;

/** Receives what happens in the core, in words that tests compare and the server logs. */
public interface RaftTrace {
  RaftTrace NONE = _ -> {};

  void event(String text);
}

package dev.quorate.simulator;

import dev.quorate.raft.Message;

/** Sums up a run in one number, so that two runs can be compared (64-bit FNV-1a). */
final class TraceHash {
  private long hash = 0xcbf29ce484222325L;

  void add(long value) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = (hash ^ ((value >>> shift) & 0xff)) * 0x100000001b3L;
    }
  }

  void add(Message message) {
    add(message.getClass().getSimpleName().hashCode());
    add(message.from() << 32 | message.to());
    add(message.term());
    if (message instanceof Message.AppendEntries append) {
      add(append.previous().index() << 32 | append.entries().size());
      add(append.committedIndex());
    }
  }

  long value() {
    return hash;
  }
}

package dev.quorate.node.kv;

/** What is done to keys, as permissions tell it apart. */
public enum Access {
  READ,
  WRITE
}

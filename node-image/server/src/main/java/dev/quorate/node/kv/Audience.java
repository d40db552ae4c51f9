package dev.quorate.node.kv;

/** Who waits for the outcomes of commands: nobody else needs the answers that may be large. */
@FunctionalInterface
public interface Audience {
  /** Takes everything for awaited. */
  Audience EVERYBODY = (_, _) -> true;

  /** Whether a client of this process waits for this command; once false, it stays so. */
  boolean awaits(long proposer, long sequence);
}

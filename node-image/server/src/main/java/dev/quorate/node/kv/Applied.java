package dev.quorate.node.kv;

/**
 * The outcome of one command or membership change, addressed to the client that waits for it: only
 * the member whose id is {@code proposer} knows one.
 */
public record Applied(long proposer, long sequence, ApplyResult result) {}

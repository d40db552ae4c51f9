package dev.quorate.raft;

/**
 * What a node must remember over a restart besides its log. {@code vote} is 0 when it has voted for
 * nobody in {@code term}; {@code committed} may lag, it only saves time after a restart.
 */
public record HardState(long term, long vote, long committed) {
  public static final HardState INITIAL = new HardState(0, 0, 0);
}

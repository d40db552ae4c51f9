package dev.quorate.node.kv;

/**
 * What a well-formed request can fail with when it meets the state; {@code rpc.EtcdErrors} has
 * codes and texts.
 */
public enum KvError {
  KEY_NOT_FOUND,
  LEASE_NOT_FOUND,
  LEASE_EXISTS,
  /** Said by a leader of an earlier term: what it knew may not hold any more. */
  LEADER_CHANGED,
  COMPACTED,
  FUTURE_REVISION,
  NO_SPACE,
  CORRUPT,
  MEMBER_NOT_FOUND,
  MEMBER_EXISTS,
  PEER_URL_EXISTS
}

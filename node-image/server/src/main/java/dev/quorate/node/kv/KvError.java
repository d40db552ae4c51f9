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
  PEER_URL_EXISTS,
  AUTH_NOT_ENABLED,
  AUTHENTICATION_FAILED,
  INVALID_AUTH_MANAGEMENT,
  OLD_AUTH_REVISION,
  PERMISSION_DENIED,
  PERMISSION_NOT_GIVEN,
  PERMISSION_NOT_GRANTED,
  ROLE_EMPTY,
  ROLE_EXISTS,
  ROLE_NOT_FOUND,
  ROLE_NOT_GRANTED,
  ROOT_ROLE_NOT_GRANTED,
  ROOT_USER_NOT_FOUND,
  USER_EMPTY,
  USER_EXISTS,
  USER_NOT_FOUND
}

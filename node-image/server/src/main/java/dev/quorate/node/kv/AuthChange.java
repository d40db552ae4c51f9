package dev.quorate.node.kv;

/** What an applied command means for the tokens that members keep in memory. */
public sealed interface AuthChange {
  record LoggedIn(String user, String token) implements AuthChange {}

  /** The user is gone or has another password. */
  record LoggedOut(String user) implements AuthChange {}

  /** Nobody's token counts any more. */
  record AllLoggedOut() implements AuthChange {}
}

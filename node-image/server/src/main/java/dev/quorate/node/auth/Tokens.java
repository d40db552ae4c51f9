package dev.quorate.node.auth;

import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.Caller;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a client shows instead of its password; of any thread. It hears what the log says. */
public sealed interface Tokens extends Consumer<AuthChange> permits SimpleTokens, JwtTokens {
  /**
   * Whose token this is; null if it is not good.
   *
   * @param authRevision of the users and roles that the caller will be checked against
   */
  @Nullable Caller callerOf(String token, long authRevision);

  /** Whether this member may get to know a token that it does not know yet from the log. */
  boolean mayBecomeKnown(String token);
}

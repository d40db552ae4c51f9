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

  /**
   * Whether a token seems to come from a later log than this member has applied, so that it is
   * worth to catch up before it is judged. Nobody's word is taken for it: it decides nothing else.
   *
   * @param appliedIndex up to which {@link #accept} has heard of all changes
   * @param authRevision of the users and roles that are applied
   */
  boolean isAhead(String token, long appliedIndex, long authRevision);
}

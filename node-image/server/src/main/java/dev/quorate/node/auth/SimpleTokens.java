package dev.quorate.node.auth;

import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.Caller;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * etcd's simple tokens: random letters and the log index of the log-in. Every member keeps them in
 * memory because every member applies the log-in; a token that is not used for its time to live is
 * forgotten, on each member by its own clock.
 */
public final class SimpleTokens implements Tokens {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int PREFIX_LENGTH = 16;
  private static final Pattern FORM =
      Pattern.compile("[a-zA-Z]{%d}\\.([0-9]{1,18})".formatted(PREFIX_LENGTH));

  /** Beyond it the token that was not used for the longest time goes; about 20 MB. */
  static final int MAX_TOKENS = 100_000;

  private record Login(String user, long expiresAtNanos) {}

  private final RandomGenerator random;
  private final long timeToLiveNanos;
  private final LongSupplier clockNanos;

  /** The token used longest ago is first, and so the first to expire. */
  private final LinkedHashMap<String, Login> logins = new LinkedHashMap<>(16, 0.75f, true);

  public SimpleTokens(Duration timeToLive) {
    this(timeToLive, new SecureRandom(), System::nanoTime);
  }

  SimpleTokens(Duration timeToLive, RandomGenerator random, LongSupplier clockNanos) {
    this.timeToLiveNanos = timeToLive.toNanos();
    this.random = random;
    this.clockNanos = clockNanos;
  }

  /** What nobody can guess; the log index of the log-in makes a token of it. */
  public String newPrefix() {
    var prefix = new StringBuilder(PREFIX_LENGTH);
    for (int i = 0; i < PREFIX_LENGTH; i++) {
      prefix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return prefix.toString();
  }

  @Override
  public synchronized @Nullable Caller callerOf(String token, long authRevision) {
    long now = clockNanos.getAsLong();
    var login = logins.get(token);
    if (login == null) {
      return null;
    }
    if (now - login.expiresAtNanos() >= 0) {
      logins.remove(token);
      return null;
    }
    logins.put(token, new Login(login.user(), now + timeToLiveNanos));
    return new Caller(login.user(), authRevision);
  }

  /** The number in a token is where the log has it. */
  @Override
  public boolean isAhead(String token, long appliedIndex, long authRevision) {
    var form = FORM.matcher(token);
    return form.matches() && Long.parseLong(form.group(1)) > appliedIndex;
  }

  @Override
  public synchronized void accept(AuthChange change) {
    switch (change) {
      case AuthChange.LoggedIn(var user, var token) -> add(user, token);
      case AuthChange.LoggedOut(var user) ->
          logins.values().removeIf(login -> login.user().equals(user));
      case AuthChange.AllLoggedOut() -> logins.clear();
    }
  }

  private void add(String user, String token) {
    long now = clockNanos.getAsLong();
    var oldest = logins.entrySet().iterator();
    while (oldest.hasNext()) {
      boolean expired = now - oldest.next().getValue().expiresAtNanos() >= 0;
      if (!expired && logins.size() < MAX_TOKENS) {
        break;
      }
      oldest.remove();
    }
    logins.put(token, new Login(user, now + timeToLiveNanos));
  }

  synchronized int count() {
    return logins.size();
  }
}

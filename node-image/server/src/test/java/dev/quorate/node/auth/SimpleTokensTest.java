package dev.quorate.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.kv.AuthChange.AllLoggedOut;
import dev.quorate.node.kv.AuthChange.LoggedIn;
import dev.quorate.node.kv.AuthChange.LoggedOut;
import dev.quorate.node.kv.Caller;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a simple token is good, by a clock that the test moves. */
final class SimpleTokensTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clockNanos = new AtomicLong(Long.MAX_VALUE - 100 * SECOND);
  private final SimpleTokens tokens =
      new SimpleTokens(Duration.ofMinutes(5), new SplittableRandom(1), clockNanos::get);

  @Test
  void usingATokenKeepsIt() {
    tokens.accept(new LoggedIn("alice", "t.1"));
    for (int i = 0; i < 3; i++) {
      clockNanos.addAndGet(299 * SECOND);
      assertThat(tokens.callerOf("t.1", 7 + i)).isEqualTo(new Caller("alice", 7 + i));
    }
    clockNanos.addAndGet(300 * SECOND);
    assertThat(tokens.callerOf("t.1", 7)).isNull();
    assertThat(tokens.count()).isZero();
  }

  @Test
  void whatNobodyUsesIsForgotten() {
    tokens.accept(new LoggedIn("alice", "t.1"));
    tokens.accept(new LoggedIn("bob", "t.2"));
    clockNanos.addAndGet(200 * SECOND);
    assertThat(tokens.callerOf("t.1", 1)).isNotNull();
    clockNanos.addAndGet(200 * SECOND);
    tokens.accept(new LoggedIn("carol", "t.3"));
    assertThat(tokens.count()).isEqualTo(2);
    assertThat(tokens.callerOf("t.2", 1)).isNull();
  }

  @Test
  void loggingOutConcernsAllTokensOfAUserOrOfAll() {
    tokens.accept(new LoggedIn("alice", "t.1"));
    tokens.accept(new LoggedIn("alice", "t.2"));
    tokens.accept(new LoggedIn("bob", "t.3"));
    tokens.accept(new LoggedOut("alice"));
    assertThat(tokens.callerOf("t.1", 1)).isNull();
    assertThat(tokens.callerOf("t.2", 1)).isNull();
    assertThat(tokens.callerOf("t.3", 1)).isNotNull();
    tokens.accept(new AllLoggedOut());
    assertThat(tokens.callerOf("t.3", 1)).isNull();
  }

  @Test
  void tooManyTokensPushOutTheLeastUsed() {
    for (int i = 0; i <= SimpleTokens.MAX_TOKENS; i++) {
      tokens.accept(new LoggedIn("alice", "t." + i));
      assertThat(tokens.callerOf("t.0", 1)).isNotNull();
    }
    assertThat(tokens.count()).isEqualTo(SimpleTokens.MAX_TOKENS);
    assertThat(tokens.callerOf("t.1", 1)).isNull();
  }

  @Test
  void prefixesAreLettersThatDiffer() {
    assertThat(tokens.newPrefix()).matches("[a-zA-Z]{16}").isNotEqualTo(tokens.newPrefix());
  }

  @Test
  void aTokenTellsWhereTheLogHasIt() {
    String token = tokens.newPrefix() + ".17";
    assertThat(tokens.isAhead(token, 16, 1)).isTrue();
    assertThat(tokens.isAhead(token, 17, 1)).as("what was not told by now never will be").isFalse();
    assertThat(tokens.isAhead("short.17", 16, 1)).isFalse();
    assertThat(tokens.isAhead(tokens.newPrefix() + ".99999999999999999999", 16, 1)).isFalse();
  }
}

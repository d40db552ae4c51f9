package dev.quorate.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hashes, and what happens when there are too many of them. */
final class PasswordHashingTest {
  private final PasswordHashing hashing = new PasswordHashing(PasswordHashing.MIN_COST, 1, 1);

  @AfterEach
  void stop() {
    hashing.close();
  }

  @Test
  void aHashMatchesItsPasswordAlone() {
    var hash = hashing.hash(bytes("secret"), () -> true).join();
    assertThat(hash.toStringUtf8()).startsWith("$2a$04$");
    assertThat(PasswordHashing.isHash(hash)).isTrue();
    assertThat(hashing.hash(bytes("secret"), () -> true).join()).isNotEqualTo(hash);
    assertThat(hashing.verify(hash, bytes("secret"), () -> true).join()).isTrue();
    assertThat(hashing.verify(hash, bytes("secret"), () -> true).join()).isTrue();
    assertThat(hashing.verify(hash, bytes("Secret"), () -> true).join()).isFalse();
    assertThat(hashing.verify(null, bytes("secret"), () -> true).join()).isFalse();
    assertThat(hashing.verify(ByteString.EMPTY, bytes(""), () -> true).join()).isFalse();
    assertThat(hashing.verify(bytes("no hash"), bytes(""), () -> true).join()).isFalse();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var busy = new CountDownLatch(1);
    var working = new CompletableFuture<Boolean>();
    var first =
        hashing.compute(
            () -> {
              working.complete(true);
              return await(busy);
            },
            () -> true);
    working.join();
    var waiting = hashing.hash(bytes("x"), () -> true);
    assertThatThrownBy(() -> hashing.hash(bytes("x"), () -> true).join())
        .hasCauseInstanceOf(RejectedExecutionException.class);
    busy.countDown();
    assertThat(first.join()).isTrue();
    assertThat(PasswordHashing.isHash(waiting.join())).isTrue();
  }

  @Test
  void nobodyWorksForAClientThatHasGone() {
    assertThatThrownBy(() -> hashing.hash(bytes("x"), () -> false).join())
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

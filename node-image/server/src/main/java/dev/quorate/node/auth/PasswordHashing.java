package dev.quorate.node.auth;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.jspecify.annotations.Nullable;

/**
 * bcrypt on a few threads of its own: a hash takes some 50 ms at the default cost, on purpose. What
 * does not fit into the queue fails with {@link RejectedExecutionException}.
 */
public final class PasswordHashing implements AutoCloseable {
  public static final int MIN_COST = 4;
  public static final int MAX_COST = 31;
  public static final int DEFAULT_COST = 10;

  /** bcrypt looks at no more. */
  public static final int MAX_PASSWORD_BYTES = 72;

  /** A hash that a client made may cost this much to check, and no more. */
  private static final int MAX_FOREIGN_COST = 15;

  private static final Pattern HASH =
      Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");
  private static final int SALT_BYTES = 16;
  private static final int MAX_WAITING = 64;

  private final int cost;
  private final SecureRandom random = new SecureRandom();
  private final RecentSuccesses recent = new RecentSuccesses();
  private final ThreadPoolExecutor threads;

  /** Takes as long to check as a user's, and matches nothing. */
  private final ByteString nobodysHash;

  public PasswordHashing(int cost) {
    this(cost, Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4), MAX_WAITING);
  }

  PasswordHashing(int cost, int threadCount, int maxWaiting) {
    this.cost = cost;
    nobodysHash = ByteString.copyFromUtf8("$2a$%02d$%s".formatted(cost, ".".repeat(53)));
    threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(maxWaiting),
            Thread.ofPlatform().daemon().name("password-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Whether it is a bcrypt hash of a cost that is bearable, to be stored as it is. */
  public static boolean isHash(ByteString text) {
    var match = HASH.matcher(text.toStringUtf8());
    return match.matches() && Integer.parseInt(match.group(1)) <= MAX_FOREIGN_COST;
  }

  /**
   * A new hash, with a salt of its own.
   *
   * @param password at most {@link #MAX_PASSWORD_BYTES}
   * @param wanted asked before the work begins: a client may have gone
   */
  public CompletableFuture<ByteString> hash(ByteString password, BooleanSupplier wanted) {
    return compute(
        () -> {
          byte[] salt = new byte[SALT_BYTES];
          random.nextBytes(salt);
          return ByteString.copyFromUtf8(
              OpenBSDBCrypt.generate("2a", significant(password), salt, cost));
        },
        wanted);
  }

  /**
   * Whether the password is the one that was hashed. A user that there is not takes as long as a
   * wrong password.
   *
   * @param hash null or empty: of nobody
   */
  public CompletableFuture<Boolean> verify(
      @Nullable ByteString hash, ByteString password, BooleanSupplier wanted) {
    byte[] significant = significant(password);
    if (hash == null || hash.isEmpty()) {
      return compute(
          () -> {
            var _ = matches(nobodysHash, significant);
            return false;
          },
          wanted);
    }
    if (recent.contains(hash, significant)) {
      return CompletableFuture.completedFuture(true);
    }
    return compute(
        () -> {
          boolean right = matches(hash, significant);
          if (right) {
            recent.add(hash, significant);
          }
          return right;
        },
        wanted);
  }

  private static boolean matches(ByteString hash, byte[] password) {
    return isReadable(hash) && OpenBSDBCrypt.checkPassword(hash.toStringUtf8(), password);
  }

  private static boolean isReadable(ByteString hash) {
    return HASH.matcher(hash.toStringUtf8()).matches();
  }

  private static byte[] significant(ByteString password) {
    return password.substring(0, Math.min(password.size(), MAX_PASSWORD_BYTES)).toByteArray();
  }

  /** Something else that takes long, on the same threads. */
  public <T> CompletableFuture<T> compute(Supplier<T> work, BooleanSupplier wanted) {
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            if (!wanted.getAsBoolean()) {
              throw new RejectedExecutionException("nobody waits for the answer any more");
            }
            return work.get();
          },
          threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

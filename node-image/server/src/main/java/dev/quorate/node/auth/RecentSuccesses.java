package dev.quorate.node.auth;

import com.google.protobuf.ByteString;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Which passwords were right a short while ago, so that many log-ins of the same user do not all
 * pay for a hash. It knows neither: what it keeps is a keyed digest of both, and the key dies with
 * the process. A changed password has another hash, so there is nothing to forget.
 */
final class RecentSuccesses {
  private static final int MAX_ENTRIES = 1024;
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final LongSupplier clockNanos;

  /** Digest to the time when it is forgotten; the oldest first. */
  private final LinkedHashMap<ByteString, Long> expiries = new LinkedHashMap<>();

  RecentSuccesses() {
    this(System::nanoTime);
  }

  RecentSuccesses(LongSupplier clockNanos) {
    this.clockNanos = clockNanos;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  boolean contains(ByteString hash, byte[] password) {
    ByteString digest = digest(hash, password);
    synchronized (expiries) {
      Long expiry = expiries.get(digest);
      return expiry != null && clockNanos.getAsLong() - expiry < 0;
    }
  }

  void add(ByteString hash, byte[] password) {
    ByteString digest = digest(hash, password);
    synchronized (expiries) {
      expiries.remove(digest);
      if (expiries.size() >= MAX_ENTRIES) {
        expiries.pollFirstEntry();
      }
      expiries.put(digest, clockNanos.getAsLong() + KEPT.toNanos());
    }
  }

  private ByteString digest(ByteString hash, byte[] password) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(hash.toByteArray());
      return ByteString.copyFrom(mac.doFinal(password));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}

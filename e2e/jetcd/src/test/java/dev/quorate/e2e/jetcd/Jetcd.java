package dev.quorate.e2e.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.e2e.machine.ServerProcess;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Short words for what every test with jetcd does. */
final class Jetcd {
  private static final long LIMIT_SECONDS = 30;

  private Jetcd() {}

  /** A client of these members that repeats no call by itself. */
  static ClientBuilder builder(List<ServerProcess> members) {
    return Client.builder()
        .endpoints(members.stream().map(Jetcd::url).toArray(String[]::new))
        .retryMaxAttempts(0);
  }

  static String url(ServerProcess member) {
    return "http://" + member.endpoint();
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  static String text(ByteSequence bytes) {
    return bytes.toString(UTF_8);
  }

  /** The answer. */
  static <T> T get(CompletableFuture<T> call) {
    try {
      return call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the call failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within %d s".formatted(LIMIT_SECONDS), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Code and text of the error that the call must end with. */
  static String refusal(CompletableFuture<?> call) {
    return refusal(failure(call));
  }

  static String refusal(Throwable failure) {
    if (failure instanceof EtcdException named) {
      return named.getErrorCode() + ": " + named.getMessage();
    }
    var status = Status.fromThrowable(failure);
    return status.getCode() + ": " + status.getDescription();
  }

  /** What the call must end with. */
  static Throwable failure(CompletableFuture<?> call) {
    try {
      var answer = call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("the call was answered: " + answer);
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("neither answer nor error within %d s".formatted(LIMIT_SECONDS), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

package dev.quorate.operator.platform.kubernetes;

import dev.quorate.operator.platform.PlatformException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what the API server refuses into a sentence that says what was being done. */
final class Attempt {
  private Attempt() {}

  static void run(String what, Runnable step) {
    var _ =
        Attempt.<Boolean>of(
            what,
            () -> {
              step.run();
              return true;
            });
  }

  static <T extends @Nullable Object> T of(String what, Supplier<T> step) {
    try {
      return step.get();
    } catch (KubernetesClientException e) {
      String why =
          switch (e.getCode()) {
            case HttpURLConnection.HTTP_CONFLICT -> conflict(e);
            case HttpURLConnection.HTTP_FORBIDDEN ->
                "the API server forbids it: " + said(e) + Remedy.ofForbidden(said(e));
            case 0 -> "the API server does not answer: " + e.getMessage();
            default -> said(e);
          };
      throw new PlatformException("could not %s: %s".formatted(what, why), e);
    }
  }

  /** Another 409 than that of a changed object says itself what is in the way. */
  private static String conflict(KubernetesClientException refusal) {
    var status = refusal.getStatus();
    return status == null || "Conflict".equals(status.getReason())
        ? "it was changed meanwhile; it is looked at again"
        : said(refusal);
  }

  /** The API server's own sentence, without the request that the client puts before it. */
  private static String said(KubernetesClientException refusal) {
    var status = refusal.getStatus();
    return String.valueOf(
        status == null || status.getMessage() == null ? refusal.getMessage() : status.getMessage());
  }
}

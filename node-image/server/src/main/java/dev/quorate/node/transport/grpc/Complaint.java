package dev.quorate.node.transport.grpc;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Why a call to another member failed, in one line for people. */
public final class Complaint {
  private Complaint() {}

  /**
   * What gRPC says and, because that is often just that there was a failure, what was behind it.
   */
  public static String of(Status status) {
    String description = firstLine(status.getDescription());
    String cause = rootMessage(status.getCause());
    return cause.isEmpty() || description.contains(cause)
        ? "%s: %s".formatted(status.getCode(), description)
        : "%s: %s (%s)".formatted(status.getCode(), description, cause);
  }

  private static String rootMessage(@Nullable Throwable failure) {
    if (failure == null) {
      return "";
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return firstLine(root.getMessage());
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }
}

package dev.quorate.node.flags;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a flag takes, and how that is written. */
enum FlagKind {
  TEXT("TEXT"),
  PATH("PATH"),
  URLS("URL,..."),
  LIST("TEXT,..."),
  BOOLEAN("true|false"),
  /** A whole number from 0 up. */
  NUMBER("N"),
  /** A whole number. */
  SIGNED("N"),
  MILLISECONDS("MS"),
  BYTES("BYTES"),
  /** As Go writes them: {@code 1h30m}, {@code 500ms}. */
  DURATION("DURATION"),
  /** Switches of features by their names. */
  GATES("NAME=true|false,...");

  private final String placeholder;

  FlagKind(String placeholder) {
    this.placeholder = placeholder;
  }

  String placeholder() {
    return placeholder;
  }

  /** What is wrong with this value, null if nothing is. */
  @Nullable String problem(String text) {
    return switch (this) {
      case TEXT, PATH, URLS, LIST -> null;
      case BOOLEAN -> truth(text) == null ? "is neither true nor false" : null;
      case NUMBER, MILLISECONDS, BYTES ->
          number(text) == null || text.startsWith("-") ? "is not a whole number from 0 up" : null;
      case GATES -> FeatureGates.problem(text);
      case SIGNED -> number(text) == null ? "is not a whole number" : null;
      case DURATION ->
          duration(text) == null ? "is not a duration: write it like 5m, 1h30m or 500ms" : null;
    };
  }

  /** The words that Go takes for true and false; null for others. */
  static @Nullable Boolean truth(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> null;
    };
  }

  static @Nullable Long number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  static @Nullable Duration duration(String text) {
    return GoDuration.parse(text);
  }
}

package dev.quorate.node.flags;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as Go writes them: numbers with units, one after the other, {@code 1h30m}. */
public final class GoDuration {
  private static final Pattern WHOLE =
      Pattern.compile("(?:(?:\\d{1,18}(?:\\.\\d{0,18})?|\\.\\d{1,18})(?:ns|us|µs|μs|ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("([0-9.]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final BigDecimal MAX_NANOSECONDS = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** Null if that is no duration, or one beyond the 292 years that Go can tell. */
  public static @Nullable Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String unsigned = negative || text.startsWith("+") ? text.substring(1) : text;
    if (unsigned.equals("0")) {
      return Duration.ZERO;
    }
    if (!WHOLE.matcher(unsigned).matches()) {
      return null;
    }
    var nanoseconds = BigDecimal.ZERO;
    var parts = PART.matcher(unsigned);
    while (parts.find()) {
      var count = new BigDecimal(parts.group(1));
      nanoseconds = nanoseconds.add(count.multiply(BigDecimal.valueOf(unit(parts.group(2)))));
    }
    if (nanoseconds.compareTo(MAX_NANOSECONDS) > 0) {
      return null;
    }
    return Duration.ofNanos(negative ? -nanoseconds.longValue() : nanoseconds.longValue());
  }

  private static long unit(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 1_000L;
    };
  }
}

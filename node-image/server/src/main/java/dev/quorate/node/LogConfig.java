package dev.quorate.node;

import ch.qos.logback.classic.Level;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagPath;
import dev.quorate.node.flags.FlagValues;
import java.util.List;

/**
 * What is logged, in which form and where to.
 *
 * @param outputs {@code stderr}, {@code stdout} or paths of files
 */
record LogConfig(Level level, Format format, List<String> outputs) {
  /** How a line looks. */
  enum Format {
    JSON,
    CONSOLE
  }

  private static final String STANDARD_ERROR = "stderr";

  static LogConfig from(FlagValues given) throws ConfigException {
    return new LogConfig(
        level(given.text("log-level")),
        format(given.text("log-format")),
        outputs(given.list("log-outputs")));
  }

  private static Level level(String given) throws ConfigException {
    return switch (given) {
      case "debug" -> Level.DEBUG;
      case "info" -> Level.INFO;
      case "warn" -> Level.WARN;
      case "error", "panic", "dpanic", "fatal" -> Level.ERROR;
      default ->
          throw new ConfigException(
              "--log-level: \"%s\" is none of debug, info, warn, error".formatted(given));
    };
  }

  private static Format format(String given) throws ConfigException {
    return switch (given) {
      case "json" -> Format.JSON;
      case "console" -> Format.CONSOLE;
      default ->
          throw new ConfigException(
              "--log-format: \"%s\" is neither json nor console".formatted(given));
    };
  }

  private static List<String> outputs(List<String> given) throws ConfigException {
    if (given.contains("systemd/journal")) {
      throw new ConfigException(
          "--log-outputs: systemd/journal is not offered: use stderr, which systemd collects");
    }
    if (given.contains("default") && given.size() > 1) {
      throw new ConfigException(
          "--log-outputs: default goes with no other output: write stderr instead");
    }
    for (String output : given) {
      var _ = FlagPath.parse("--log-outputs", output);
    }
    return given.isEmpty() || given.contains("default")
        ? List.of(STANDARD_ERROR)
        : given.stream().distinct().toList();
  }

  /** Whether that is what the node does without being told. */
  boolean goesWhereItGoesAnyway() {
    return format == Format.JSON && outputs.equals(List.of(STANDARD_ERROR));
  }
}

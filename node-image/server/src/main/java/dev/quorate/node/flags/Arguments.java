package dev.quorate.node.flags;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** Reads arguments as Go's flag package does: one dash or two, a value after "=" or a space. */
final class Arguments {
  private static final String HINT = "see quorate-node --help";

  private final FlagValues values = new FlagValues();
  private boolean help;
  private boolean version;

  private Arguments() {}

  static Arguments read(Collection<String> given) throws ConfigException {
    var arguments = new Arguments();
    var rest = new ArrayDeque<>(given);
    while (!rest.isEmpty()) {
      arguments.take(rest.removeFirst(), rest);
    }
    return arguments;
  }

  private void take(String argument, Deque<String> rest) throws ConfigException {
    if (!argument.startsWith("-") || argument.equals("-") || argument.equals("--")) {
      throw new ConfigException("\"%s\" is not a flag: %s".formatted(argument, HINT));
    }
    String bare = argument.substring(argument.startsWith("--") ? 2 : 1);
    int equals = bare.indexOf('=');
    String name = equals < 0 ? bare : bare.substring(0, equals);
    switch (name) {
      case "h", "help" -> help = true;
      case "version" -> version = isOn(bare, equals);
      default -> {
        Flag flag = known(name, argument);
        values.put(flag, value(flag, bare, equals, rest), "--" + name);
      }
    }
  }

  private static boolean isOn(String bare, int equals) throws ConfigException {
    Boolean on = equals < 0 ? Boolean.TRUE : FlagKind.truth(bare.substring(equals + 1));
    if (on == null) {
      throw new ConfigException("--%s: write it without a value".formatted(bare));
    }
    return on;
  }

  private static Flag known(String name, String argument) throws ConfigException {
    Flag flag = FlagTable.find(name);
    if (flag != null) {
      return flag;
    }
    String nearest = FlagTable.nearest(name);
    throw new ConfigException(
        nearest == null
            ? "unknown flag %s: %s".formatted(argument, HINT)
            : "unknown flag %s: did you mean --%s? %s"
                .formatted(argument, nearest, HINT.replaceFirst("s", "S")));
  }

  /** A switch takes no value but one after "=": what follows it is the next argument. */
  private static String value(Flag flag, String bare, int equals, Deque<String> rest)
      throws ConfigException {
    if (equals >= 0) {
      return bare.substring(equals + 1);
    }
    if (flag.kind() == FlagKind.BOOLEAN) {
      return "true";
    }
    String next = rest.pollFirst();
    if (next == null) {
      throw new ConfigException(
          "--%s needs a value: %s=%s"
              .formatted(flag.name(), flag.dashed(), flag.kind().placeholder()));
    }
    return next;
  }

  FlagValues values() {
    return values;
  }

  boolean asksForHelp() {
    return help;
  }

  boolean asksForVersion() {
    return version;
  }
}

package dev.quorate.node.flags;

import java.util.Locale;

/**
 * One flag, as it is called after the dashes.
 *
 * @param defaultText what counts when it is not given, or in words what it comes to
 * @param meaning what it does; for one without effect, why that is; for one that is refused, why
 *     and what to use instead
 */
record Flag(String name, FlagKind kind, String defaultText, Effect effect, String meaning) {
  /** What comes of giving a flag. */
  enum Effect {
    WORKS,
    NONE,
    REFUSED
  }

  private static final String VARIABLE_PREFIX = "ETCD_";

  static Flag works(String name, FlagKind kind, String defaultText, String meaning) {
    return new Flag(name, kind, defaultText, Effect.WORKS, meaning);
  }

  /** Taken, so that etcd's scripts go on working, and changing nothing. */
  static Flag noEffect(String name, FlagKind kind, String defaultText, String why) {
    return new Flag(name, kind, defaultText, Effect.NONE, why);
  }

  /** Whoever gives it would be misled if it were taken. */
  static Flag refused(String name, FlagKind kind, String defaultText, String whyAndInstead) {
    return new Flag(name, kind, defaultText, Effect.REFUSED, whyAndInstead);
  }

  /** As an argument. */
  String dashed() {
    return "--" + name;
  }

  /** The environment variable of the same meaning. */
  String variable() {
    return VARIABLE_PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  static boolean isVariable(String variable) {
    return variable.startsWith(VARIABLE_PREFIX);
  }

  /** The name of the flag that this variable would belong to. */
  static String nameOf(String variable) {
    return variable.substring(VARIABLE_PREFIX.length()).replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** Whether this value asks for what is done anyway: a switch that is off, or the default. */
  boolean asksForNothing(String text) {
    return text.isEmpty()
        || text.equals(defaultText)
        || (kind == FlagKind.BOOLEAN
            && String.valueOf(Boolean.parseBoolean(defaultText)).equals(text));
  }
}

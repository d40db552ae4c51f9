package dev.quorate.node.flags;

import dev.quorate.node.flags.Flag.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was given for the flags; every value is of its flag's kind. */
public final class FlagValues {
  /**
   * One value.
   *
   * @param place where it stands, for people: {@code --name}, {@code ETCD_NAME} or a line of a file
   */
  private record Given(String text, String place) {}

  private final Map<String, Given> given = new TreeMap<>();

  /** Takes a value; a later one for the same flag wins. */
  void put(Flag flag, String text, String place) throws ConfigException {
    String problem = flag.kind().problem(text);
    if (problem != null) {
      throw new ConfigException("%s: \"%s\" %s".formatted(place, text, problem));
    }
    if (flag.effect() == Effect.REFUSED && !flag.asksForNothing(text)) {
      throw new ConfigException("%s is refused: %s".formatted(place, flag.meaning()));
    }
    given.put(flag.name(), new Given(text, place));
  }

  /** The flags that were given, in the order of their names. */
  Collection<String> names() {
    return given.keySet();
  }

  public boolean has(String name) {
    return given.containsKey(FlagTable.get(name).name());
  }

  /** What was given, and nothing if the default counts. */
  public Optional<String> given(String name) {
    Given value = given.get(FlagTable.get(name).name());
    return value == null ? Optional.empty() : Optional.of(value.text);
  }

  public String text(String name) {
    return given(name).orElse(FlagTable.get(name).defaultText());
  }

  public boolean isTrue(String name) {
    return Boolean.TRUE.equals(FlagKind.truth(text(name)));
  }

  public long number(String name) {
    return parsed(name, FlagKind.number(text(name)));
  }

  /**
   * A whole number within bounds.
   *
   * @throws ConfigException if it is outside of them
   */
  public int number(String name, int least, int most) throws ConfigException {
    long number = number(name);
    if (number < least || number > most) {
      throw new ConfigException(
          "--%s: %d is not from %d to %d".formatted(name, number, least, most));
    }
    return Math.toIntExact(number);
  }

  public Duration duration(String name) {
    return parsed(name, FlagKind.duration(text(name)));
  }

  /** The parts of a comma-separated list, none if it is empty. */
  public List<String> list(String name) {
    return Arrays.stream(text(name).split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /**
   * Whether one of etcd's alpha gates is on.
   *
   * @param otherwise what holds if --feature-gates does not speak of it
   */
  public boolean gate(String name, boolean otherwise) {
    return FeatureGates.isOn(text("feature-gates"), name, otherwise);
  }

  /** Values are checked when they are taken, and defaults by a test. */
  private static <T> T parsed(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the default of --" + name + " is not of its kind");
    }
    return value;
  }

  /** One line on the flags that were given and change nothing; empty if there are none. */
  Optional<String> withoutEffect() {
    var parts = new ArrayList<String>();
    given.forEach(
        (name, value) -> {
          Flag flag = FlagTable.get(name);
          boolean asUsual = flag.kind() == FlagKind.BOOLEAN && flag.asksForNothing(value.text);
          if (flag.effect() == Effect.NONE && !asUsual) {
            parts.add("%s (%s)".formatted(value.place, flag.meaning()));
          }
        });
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("accepted without effect: " + String.join("; ", parts));
  }
}

package dev.quorate.node.flags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Puts arguments, environment and configuration file together in etcd's way: a flag wins over its
 * variable, and a file over both.
 */
public final class FlagReader {
  /** What the arguments ask for. */
  public sealed interface Request {
    /** Run with these; the warnings belong into the log. */
    record Run(FlagValues values, List<String> warnings) implements Request {}

    /** Print this and end. */
    record Help(String text) implements Request {}

    /** Print the version and end. */
    record Version() implements Request {}
  }

  private static final String CONFIG_FILE = "config-file";

  private FlagReader() {}

  /**
   * Reads all of them.
   *
   * @throws ConfigException if a flag is unknown or refused, or a value is not of its kind
   */
  public static Request read(List<String> arguments, Map<String, String> environment)
      throws ConfigException {
    var given = Arguments.read(arguments);
    if (given.asksForHelp()) {
      return new Request.Help(FlagHelp.text());
    }
    if (given.asksForVersion()) {
      return new Request.Version();
    }
    var variables = variables(environment);
    String file =
        given
            .values()
            .given(CONFIG_FILE)
            .orElse(variables.getOrDefault(FlagTable.get(CONFIG_FILE).variable(), ""));
    return file.isEmpty()
        ? fromFlags(given.values(), variables)
        : fromFile(FlagPath.parse("--" + CONFIG_FILE, file), given.values(), variables);
  }

  /** Empty ones count as not there, as in etcd. */
  private static Map<String, String> variables(Map<String, String> environment) {
    var variables = new TreeMap<String, String>();
    environment.forEach(
        (name, value) -> {
          if (Flag.isVariable(name) && !value.isEmpty()) {
            variables.put(name, value);
          }
        });
    return variables;
  }

  private static Request fromFlags(FlagValues values, Map<String, String> variables)
      throws ConfigException {
    var warnings = new ArrayList<String>();
    for (var variable : variables.entrySet()) {
      Flag flag = FlagTable.find(Flag.nameOf(variable.getKey()));
      if (flag == null) {
        warnings.add(
            "the environment variable %s is not known and has no effect"
                .formatted(variable.getKey()));
      } else if (!values.has(flag.name())) {
        values.put(flag, variable.getValue(), variable.getKey());
      }
    }
    values.withoutEffect().ifPresent(warnings::add);
    return new Request.Run(values, warnings);
  }

  private static Request fromFile(Path file, FlagValues arguments, Map<String, String> variables)
      throws ConfigException {
    var warnings = new ArrayList<String>();
    var ignored = new TreeSet<String>();
    arguments.names().forEach(name -> ignored.add("--" + name));
    ignored.addAll(variables.keySet());
    ignored.remove(FlagTable.get(CONFIG_FILE).dashed());
    ignored.remove(FlagTable.get(CONFIG_FILE).variable());
    if (!ignored.isEmpty()) {
      warnings.add(
          "the configuration is read from %s alone; without effect: %s"
              .formatted(file, String.join(", ", ignored)));
    }
    var values = ConfigFile.read(file);
    values.withoutEffect().ifPresent(warnings::add);
    return new Request.Run(values, warnings);
  }
}

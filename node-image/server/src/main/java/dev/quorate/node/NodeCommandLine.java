package dev.quorate.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads arguments and environment in etcd's way into a {@link NodeConfig}. */
final class NodeCommandLine {
  /** What the arguments ask for. */
  sealed interface Request {
    /** Run with this; the warnings belong into the log. */
    record Run(NodeConfig config, List<String> warnings) implements Request {}

    /** Print this on standard output and exit with 0. */
    record Print(String text) implements Request {}
  }

  private static final String PREFIX = "ETCD_";

  private NodeCommandLine() {}

  static Request parse(List<String> arguments, Map<String, String> environment)
      throws ConfigException {
    var given = new NodeArguments();
    var commandLine = new CommandLine(given);
    commandLine.setDefaultValueProvider(new FromEnvironment(environment));
    commandLine.setOverwrittenOptionsAllowed(true);
    commandLine.setExpandAtFiles(false);
    try {
      commandLine.parseArgs(withTwoDashes(arguments).toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      throw new ConfigException(unmatched(e));
    } catch (ParameterException e) {
      throw new ConfigException(firstLine(e.getMessage()) + "; see quorate-node --help");
    }
    if (given.help) {
      return new Request.Print(commandLine.getUsageMessage());
    }
    if (given.version) {
      return new Request.Print(
          "quorate-node %s%netcd API %s%n".formatted(Versions.product(), Versions.ETCD_API));
    }
    return new Request.Run(NodeConfig.from(given), unknownVariables(commandLine, environment));
  }

  /** Go's flags may begin with one dash; ours then are the same. */
  private static List<String> withTwoDashes(List<String> arguments) {
    var result = new ArrayList<String>();
    for (String argument : arguments) {
      boolean oneDash = argument.length() > 2 && argument.matches("-[a-z].*");
      result.add(oneDash ? "-" + argument : argument);
    }
    return result;
  }

  private static String unmatched(UnmatchedArgumentException exception) {
    String first = exception.getUnmatched().getFirst();
    if (!first.startsWith("-")) {
      return "\"%s\" is not a flag: see quorate-node --help".formatted(first);
    }
    var suggestions = exception.getSuggestions();
    return suggestions.isEmpty()
        ? "unknown flag %s: see quorate-node --help".formatted(first)
        : "unknown flag %s: did you mean %s? See quorate-node --help"
            .formatted(first, suggestions.getFirst());
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "bad arguments" : message.lines().findFirst().orElse("bad arguments");
  }

  private static List<String> unknownVariables(
      CommandLine commandLine, Map<String, String> environment) {
    var known = new TreeSet<String>();
    commandLine.getCommandSpec().options().forEach(option -> known.add(variableOf(option)));
    return environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
        .sorted()
        .map(name -> "the environment variable " + name + " is not known and has no effect")
        .toList();
  }

  private static String variableOf(OptionSpec option) {
    return PREFIX + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** ETCD_DATA_DIR for --data-dir and so on; empty counts as not set, as in etcd. */
  private record FromEnvironment(Map<String, String> environment) implements IDefaultValueProvider {
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
      if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
        return null;
      }
      String value = environment.get(variableOf(option));
      return value == null || value.isEmpty() ? null : value;
    }
  }
}

package dev.quorate.operator;

import dev.quorate.operator.platform.local.Spelling;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with the arguments, and what may have been meant. */
final class ArgumentErrors implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    var command = failure.getCommandLine();
    var spec = command.getCommandSpec();
    var help = spec.qualifiedName() + " --help";
    // Named first: an option that is written wrongly is missing as well.
    var unknown = unknown(failure, command, List.of(arguments));
    command
        .getErr()
        .println(
            "quorate-operator: "
                + (unknown == null ? failure.getMessage() + "; see " + help : unknown + help));
    return spec.exitCodeOnInvalidInput();
  }

  private static @Nullable String unknown(
      ParameterException failure, CommandLine command, List<String> arguments) {
    var options = command.getCommandSpec().optionsMap().keySet();
    for (var argument : arguments) {
      var name = argument.split("=", 2)[0];
      if (name.startsWith("--") && !options.contains(name)) {
        return told("unknown option " + name, Spelling.nearest(name, options));
      }
    }
    return failure instanceof UnmatchedArgumentException unmatched
        ? told("unknown argument " + unmatched.getUnmatched().getFirst(), command(unmatched))
        : null;
  }

  private static @Nullable String command(UnmatchedArgumentException failure) {
    Collection<String> commands = failure.getCommandLine().getSubcommands().keySet();
    return Spelling.nearest(failure.getUnmatched().getFirst(), commands);
  }

  private static String told(String what, @Nullable String nearest) {
    return nearest == null ? what + ": see " : "%s: did you mean %s? See ".formatted(what, nearest);
  }
}

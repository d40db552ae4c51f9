package dev.quorate.operator;

import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The operator's program. */
@Command(
    name = "quorate-operator",
    mixinStandardHelpOptions = true,
    versionProvider = OperatorMain.Version.class,
    description = "Brings up Raft key-value clusters and looks after them.",
    subcommands = {
      LocalCommand.class,
      KubernetesCommand.class,
      CheckOperatorCommand.class,
      CheckClusterCommand.class
    })
public final class OperatorMain {
  /** What was built; a build that was not packaged has no version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = OperatorMain.class.getPackage().getImplementationVersion();
      return new String[] {"quorate-operator " + Objects.requireNonNullElse(version, "unpackaged")};
    }
  }

  private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);

  static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new OperatorMain())
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(new ArgumentErrors())
        .setExecutionExceptionHandler(OperatorMain::explain);
  }

  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    log.debug("{} failed", command.getCommandName(), failure);
    var why = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    command.getErr().println("quorate-operator: " + why);
    return CommandLine.ExitCode.SOFTWARE;
  }
}

package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagReader;
import java.util.List;
import java.util.Map;

/** Reads arguments, environment and configuration file into a {@link NodeConfig}. */
final class NodeCommandLine {
  /** What the arguments ask for. */
  sealed interface Request {
    /** Run with this; the warnings belong into the log. */
    record Run(NodeConfig config, List<String> warnings) implements Request {}

    /** Print this on standard output and exit with 0. */
    record Print(String text) implements Request {}
  }

  private NodeCommandLine() {}

  static Request parse(List<String> arguments, Map<String, String> environment)
      throws ConfigException {
    return switch (FlagReader.read(arguments, environment)) {
      case FlagReader.Request.Help(String text) -> new Request.Print(text);
      case FlagReader.Request.Version _ ->
          new Request.Print(
              "quorate-node %s%netcd API %s%n".formatted(Versions.product(), Versions.ETCD_API));
      case FlagReader.Request.Run(var values, var warnings) ->
          new Request.Run(NodeConfig.from(values), warnings);
    };
  }
}

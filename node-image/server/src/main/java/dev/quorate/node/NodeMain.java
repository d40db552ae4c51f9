package dev.quorate.node;

import java.util.List;

/** Starts a node: reads what it is told, puts its parts together, and waits for its end. */
public final class NodeMain {
  private NodeMain() {}

  static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    try {
      return switch (NodeCommandLine.parse(arguments, System.getenv())) {
        case NodeCommandLine.Request.Print(String text) -> {
          System.out.print(text);
          yield 0;
        }
        case NodeCommandLine.Request.Run(NodeConfig config, List<String> _) -> {
          System.err.println(config);
          yield 1;
        }
      };
    } catch (ConfigException e) {
      System.err.println("quorate-node: " + e.getMessage());
      return 2;
    }
  }
}

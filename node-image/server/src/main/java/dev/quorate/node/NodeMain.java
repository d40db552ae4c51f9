package dev.quorate.node;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.replication.ReplicaFault;
import java.io.IOException;
import java.security.Security;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The program: reads what it is told, runs a node, and turns its end into an exit code. */
public final class NodeMain {
  private static final int BAD_ARGUMENTS = 2;
  private static final int CANNOT_START = 1;
  private static final int FAULT = 3;

  private NodeMain() {}

  static void main(String[] arguments) {
    var given = List.of(arguments);
    if (SnapshotCommand.isMeant(given)) {
      handleSnapshot(given);
      return;
    }
    try {
      switch (NodeCommandLine.parse(given, System.getenv())) {
        case NodeCommandLine.Request.Print(String text) -> System.out.print(text);
        case NodeCommandLine.Request.Run(NodeConfig config, List<String> warnings) ->
            run(config, warnings);
      }
    } catch (ConfigException e) {
      end(BAD_ARGUMENTS, e.getMessage());
    }
  }

  private static void handleSnapshot(List<String> arguments) {
    try {
      System.out.print(SnapshotCommand.run(arguments));
    } catch (ConfigException e) {
      end(BAD_ARGUMENTS, e.getMessage());
    } catch (StartException e) {
      end(CANNOT_START, e.getMessage());
    }
  }

  private static void run(NodeConfig config, List<String> warnings) {
    forgetAddressesSoon();
    RunningNode node;
    try {
      Logs.apply(config.log());
      warnings.forEach(LoggerFactory.getLogger(NodeMain.class)::warn);
      node = RunningNode.start(config, new End());
    } catch (StartException e) {
      end(CANNOT_START, e.getMessage());
      return;
    }
    // The hook decides the exit code: a stop that went well is no failure, whatever signal asked.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("node-stop")
                .unstarted(() -> Runtime.getRuntime().halt(node.stop() ? 0 : CANNOT_START)));
    if (config.exitWithStdin()) {
      Thread.ofPlatform().daemon(true).name("stdin").start(NodeMain::stopAtEndOfInput);
    }
    node.awaitStop();
  }

  /** What ends the process from within. */
  private static final class End implements NodeListener {
    @Override
    public void failed(ReplicaFault fault) {
      end(FAULT, fault.message());
    }

    @Override
    public void cannotStart(String message) {
      end(CANNOT_START, message);
    }

    @Override
    public void removed(String message) {
      System.err.println("quorate-node: " + message);
      System.exit(0);
    }
  }

  /** A peer that was made again on another machine has its old name and a new address. */
  private static void forgetAddressesSoon() {
    Security.setProperty("networkaddress.cache.ttl", "1");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    // gRPC keeps addresses by itself, and reads a system property of the same name.
    System.setProperty("networkaddress.cache.ttl", "1");
  }

  /** Whoever started the node holds the other end, and lets go of it even when it is killed. */
  private static void stopAtEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // What is said does not matter.
      }
    } catch (IOException _) {
      // As good as the end.
    }
    System.exit(0);
  }

  /** One line for people, and the end of the process at once. */
  private static void end(int exitCode, @Nullable String message) {
    System.err.println("quorate-node: " + message);
    System.err.flush();
    Runtime.getRuntime().halt(exitCode);
  }
}

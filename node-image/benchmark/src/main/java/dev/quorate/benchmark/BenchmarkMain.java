package dev.quorate.benchmark;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Starts one of the programs: a load on a given cluster, the comparison with etcd, or training. */
@Command(
    name = "quorate-benchmark",
    description = "Measures Quorate and other servers of the etcd API.",
    subcommands = {LoadCommand.class, CompareCommand.class, TrainCommand.class},
    mixinStandardHelpOptions = true)
public final class BenchmarkMain {
  private BenchmarkMain() {}

  static void main(String[] arguments) {
    var commandLine = new CommandLine(new BenchmarkMain());
    commandLine.setExecutionExceptionHandler(
        (failure, line, _) -> {
          line.getErr().println("quorate-benchmark: " + failure.getMessage());
          return 1;
        });
    System.exit(commandLine.execute(arguments));
  }
}

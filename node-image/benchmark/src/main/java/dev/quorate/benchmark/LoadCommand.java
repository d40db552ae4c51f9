package dev.quorate.benchmark;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts a load on a cluster that runs already. */
@Command(
    name = "load",
    description = "Puts a load on a running cluster and prints what it saw.",
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private WorkloadOptions options = new WorkloadOptions();

  @Option(
      names = "--endpoints",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      description = "HOST:PORT of the members, without TLS (default: ${DEFAULT-VALUE})")
  private List<String> endpoints = List.of();

  @Option(
      names = "--clients",
      defaultValue = "100",
      description = "how many clients (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--reads",
      defaultValue = "0",
      description = "which part of the requests reads, from 0 to 1 (default: ${DEFAULT-VALUE})")
  private double readFraction;

  @Option(names = "--serializable", description = "read serializable, not linearizable")
  private boolean serializable;

  @Override
  public Integer call() {
    var workload = options.workload(clients, RequestMix.reads(readFraction, serializable));
    var addresses = new ArrayList<InetSocketAddress>();
    for (var endpoint : endpoints) {
      int colon = endpoint.lastIndexOf(':');
      if (colon < 1 || !endpoint.substring(colon + 1).matches("[0-9]{1,5}")) {
        throw new ParameterException(
            spec.commandLine(), "--endpoints: \"%s\" is not HOST:PORT".formatted(endpoint));
      }
      int port = Integer.parseInt(endpoint.substring(colon + 1));
      addresses.add(new InetSocketAddress(endpoint.substring(0, colon), port));
    }
    try (var generator = new LoadGenerator(workload, addresses)) {
      var result = generator.run(() -> {});
      System.out.println(workload.title());
      System.out.printf(
          "%.0f requests/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, %d failed%n",
          result.requestsPerSecond(),
          result.milliseconds(50),
          result.milliseconds(99),
          result.milliseconds(99.9),
          result.failures());
      if (result.failures() > 0) {
        System.out.println("last failure: " + result.lastFailure());
        return 1;
      }
    }
    return 0;
  }
}

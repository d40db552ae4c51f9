package dev.quorate.benchmark;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is sent. */
final class WorkloadOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--connections",
      defaultValue = "10",
      description = "connections, spread over the members (default: ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--key-size",
      defaultValue = "16",
      description = "bytes of a key, 10 or more (default: ${DEFAULT-VALUE})")
  private int keyBytes;

  @Option(
      names = "--value-size",
      defaultValue = "256",
      description = "bytes of a value (default: ${DEFAULT-VALUE})")
  private int valueBytes;

  @Option(
      names = "--keys",
      defaultValue = "100000",
      description = "how many keys there are (default: ${DEFAULT-VALUE})")
  private int keys;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "requests per second of all clients; 0: each waits for its answer (default)")
  private int rate;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "seconds before measuring (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--duration",
      defaultValue = "15",
      description = "seconds of measuring (default: ${DEFAULT-VALUE})")
  private int durationSeconds;

  Workload workload(int clients, RequestMix mix) {
    require(clients >= 1, "--clients must be 1 or more");
    require(connections >= 1, "--connections must be 1 or more");
    require(keyBytes >= 10, "--key-size must be 10 or more");
    require(valueBytes >= 0, "--value-size must be 0 or more");
    require(keys >= 1, "--keys must be 1 or more");
    require(rate >= 0, "--rate must be 0 or more");
    require(mix.reads() >= 0 && mix.reads() <= 1, "--reads must be between 0 and 1");
    require(warmUpSeconds >= 0, "--warm-up must be 0 or more");
    require(durationSeconds >= 1, "--duration must be 1 or more");
    return new Workload(
        clients,
        Math.min(connections, clients),
        keyBytes,
        valueBytes,
        keys,
        mix,
        rate,
        Duration.ofSeconds(warmUpSeconds),
        Duration.ofSeconds(durationSeconds));
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}

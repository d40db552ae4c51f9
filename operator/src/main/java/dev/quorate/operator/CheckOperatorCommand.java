package dev.quorate.operator;

import dev.quorate.operator.platform.kubernetes.InstallationCheck;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate-operator check-operator}: what {@code helm test} of the operator's chart runs. */
@Command(
    name = "check-operator",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Says whether an operator is at work in the Kubernetes cluster, and whether whoever asks may do"
          + " what an operator must; run it with the operator's service account.",
      "Exit code 0 if all is well, 1 if not after waiting for it."
    })
public final class CheckOperatorCommand implements Callable<Integer> {
  @Option(
      names = "--namespaces",
      split = ",",
      paramLabel = "NAMESPACE,...",
      description = "Where clusters are looked after. Default: all namespaces.")
  private Set<String> namespaces = Set.of();

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAMESPACE",
      defaultValue = "${env:POD_NAMESPACE:-quorate-system}",
      description = "Where the Lease is that operators compete for. Default: ${DEFAULT-VALUE}")
  private String leaseNamespace = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for an operator that leads. Default: ${DEFAULT-VALUE}")
  private int waitSeconds;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    OperatorLog.quietConnections();
    var out = spec.commandLine().getOut();
    String missing = ClusterAccess.missing();
    if (missing != null) {
      out.println(missing);
      return 1;
    }
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      var check = new InstallationCheck(client, InstantSource.system(), namespaces, leaseNamespace);
      List<String> problems = asked(check::mistakes);
      if (problems.isEmpty()) {
        problems = new Patience(waitSeconds).untilNone(() -> asked(check::leaderless));
      }
      problems.forEach(out::println);
      if (problems.isEmpty()) {
        check.limits().forEach(limit -> out.println("to know: " + limit));
        out.println("an operator leads, and may do what it must");
      }
      return problems.isEmpty() ? 0 : 1;
    }
  }

  private static List<String> asked(Supplier<List<String>> question) {
    try {
      return question.get();
    } catch (KubernetesClientException e) {
      return List.of("the API server does not answer as it should: " + e.getMessage());
    }
  }
}

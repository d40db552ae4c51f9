package dev.quorate.operator;

import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.platform.kubernetes.KubernetesRunner;
import dev.quorate.operator.platform.kubernetes.KubernetesSettings;
import dev.quorate.operator.resource.NodeImages;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.security.Security;
import java.time.Duration;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quorate-operator kubernetes}: looks after the clusters of a Kubernetes cluster. */
@Command(
    name = "kubernetes",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Looks after the RaftClusters of the Kubernetes cluster that it runs in.",
    footer = {
      "",
      "In a pod the service account is used, elsewhere the current context of the kubeconfig.",
      "Several operators may run: the one that holds the Lease acts, the others stand by."
    })
public final class KubernetesCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(KubernetesCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--namespaces",
      split = ",",
      paramLabel = "NAMESPACE,...",
      description = "Only look after clusters in these namespaces. Default: all.")
  private Set<String> namespaces = Set.of();

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAMESPACE",
      defaultValue = "${env:POD_NAMESPACE:-quorate-system}",
      description = "Where the Lease is that operators compete for. Default: ${DEFAULT-VALUE}")
  private String leaseNamespace = "";

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "${env:POD_NAME:-quorate-operator}",
      description = "Name of this operator in the Lease and in events. Default: ${DEFAULT-VALUE}")
  private String instance = "";

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of /healthz, /readyz and /metrics; 0: any. Default: ${DEFAULT-VALUE}")
  private int healthPort;

  @Option(
      names = "--node-repository",
      paramLabel = "IMAGE",
      defaultValue = "quorate.dev/node",
      description = "Image, without tag, of clusters that name none. Default: ${DEFAULT-VALUE}")
  private String nodeRepository = "";

  @Option(
      names = "--node-version",
      paramLabel = "VERSION",
      defaultValue = "0.1.0",
      description = "Version of clusters that name none. Default: ${DEFAULT-VALUE}")
  private String nodeVersion = "";

  @Option(
      names = "--ca-lifetime-days",
      paramLabel = "DAYS",
      defaultValue = "3650",
      description =
          "How long an authority lasts that the operator makes; it is replaced after two thirds of"
              + " that. Default: ${DEFAULT-VALUE}")
  private int authorityDays;

  @Option(
      names = "--certificate-lifetime-days",
      paramLabel = "DAYS",
      defaultValue = "90",
      description =
          "How long a certificate lasts that the operator makes; it is renewed after two thirds of"
              + " that. Default: ${DEFAULT-VALUE}")
  private int certificateDays;

  @Option(
      names = "--client-ca-overlap-minutes",
      paramLabel = "MINUTES",
      defaultValue = "1440",
      description =
          "How long clients have to read what changed, at each step of replacing the authority for"
              + " clients. Default: ${DEFAULT-VALUE}")
  private int overlapMinutes;

  @Override
  public Integer call() throws InterruptedException {
    forgetAddressesSoon();
    OperatorLog.quietConnections();
    String missing = ClusterAccess.missing();
    if (missing != null) {
      log.error("{}", missing);
      return 1;
    }
    var settings =
        new KubernetesSettings(
            namespaces,
            leaseNamespace,
            instance,
            healthPort,
            new NodeImages(nodeRepository, nodeVersion),
            times());
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        var runner = new KubernetesRunner(client, settings)) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(runner::close));
      runner.run();
      return 0;
    } catch (KubernetesClientException e) {
      log.error(
          "cannot work with the API server: {}; check the kubeconfig or the service account",
          withCauses(e));
      return 1;
    } catch (IllegalStateException | UncheckedIOException e) {
      log.error("{}", e.getMessage());
      return 1;
    }
  }

  private CertificateTimes times() {
    if (certificateDays < 1 || authorityDays < 2 * certificateDays || overlapMinutes < 0) {
      throw new ParameterException(
          spec.commandLine(),
          ("--certificate-lifetime-days is %d, --ca-lifetime-days %d, --client-ca-overlap-minutes"
                  + " %d: at least 1, at least twice the former, at least 0")
              .formatted(certificateDays, authorityDays, overlapMinutes));
    }
    return new CertificateTimes(
        Duration.ofDays(authorityDays),
        Duration.ofDays(certificateDays),
        Duration.ofMinutes(overlapMinutes));
  }

  /** The library says which operation failed; only its causes say why. */
  private static String withCauses(KubernetesClientException failure) {
    var causes = new StringJoiner(", ", " (", ")").setEmptyValue("");
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      causes.add(cause.getClass().getSimpleName() + (message == null ? "" : ": " + message));
    }
    return failure.getMessage() + causes;
  }

  /** A pod that was made again has its old name and a new address. */
  private static void forgetAddressesSoon() {
    Security.setProperty("networkaddress.cache.ttl", "1");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    // gRPC keeps addresses by itself, and reads a system property of the same name.
    System.setProperty("networkaddress.cache.ttl", "1");
  }
}

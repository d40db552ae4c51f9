package dev.quorate.e2e.kubernetes;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** The operator as its administrator sees it: its pods, its Lease, its metrics. */
final class OperatorUnderTest {
  private static final String NAMESPACE = "quorate-system";
  private static final String LEASE = "quorate-operator";

  private final KubernetesUnderTest kubernetes;

  OperatorUnderTest(KubernetesUnderTest kubernetes) {
    this.kubernetes = kubernetes;
  }

  String kubectl(String... arguments) {
    var all = new String[arguments.length + 1];
    all[0] = arguments[0];
    all[1] = "--namespace=" + NAMESPACE;
    System.arraycopy(arguments, 1, all, 2, arguments.length - 1);
    return kubernetes.kubectl(all);
  }

  /** The last lines of each replica's log. */
  String log(int lines) {
    return kubernetes
        .tryKubectl(
            "",
            "logs",
            "--namespace=" + NAMESPACE,
            "--selector=app.kubernetes.io/name=quorate-operator",
            "--prefix",
            "--tail=" + lines)
        .out();
  }

  /** Who holds the Lease: the pod's name and what tells its runs apart. */
  String holder() {
    return kubectl("get", "lease", LEASE, "-o", "jsonpath={.spec.holderIdentity}");
  }

  /** The pod that leads. */
  String leader() {
    String holder = holder();
    return holder.substring(0, Math.max(0, holder.lastIndexOf('_')));
  }

  String awaitOtherHolder(String than) {
    return await("another operator that leads")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(this::holder, now -> now.contains("_") && !now.equals(than));
  }

  /** Waits until one of the pods that are there leads. */
  void awaitLeading() {
    await("an operator that leads")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptionsInstanceOf(AssertionError.class)
        .until(() -> metric("quorate_operator_leading") == 1);
  }

  /** Makes the Lease somebody else's, who does not renew it. */
  void takeLeaseAway() {
    String time = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String now = time.replace("Z", ".000000Z");
    String patch =
        "{\"spec\": {\"holderIdentity\": \"somebody else\", \"renewTime\": \"%s\"}}".formatted(now);
    kubectl("patch", "lease", LEASE, "--type=merge", "--patch=" + patch);
  }

  int restarts(String pod) {
    return Integer.parseInt(
        kubectl("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}"));
  }

  /** The sum of a metric of the leading operator over all its labels. */
  double metric(String name) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** All that the leading operator tells Prometheus. */
  String metrics() {
    String path = "/api/v1/namespaces/%s/pods/%s:8080/proxy/metrics".formatted(NAMESPACE, leader());
    return kubernetes.kubectl("get", "--raw", path);
  }
}

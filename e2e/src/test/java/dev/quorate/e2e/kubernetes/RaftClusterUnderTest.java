package dev.quorate.e2e.kubernetes;

import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One RaftCluster in a namespace of its own, handled as its owner would: with kubectl and etcdctl.
 */
final class RaftClusterUnderTest {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final int LOG_LINES = 8;

  private final KubernetesUnderTest kubernetes;
  private final String namespace;
  private final String name;

  RaftClusterUnderTest(KubernetesUnderTest kubernetes, String namespace, String name) {
    this.kubernetes = kubernetes;
    this.namespace = namespace;
    this.name = name;
  }

  String namespace() {
    return namespace;
  }

  /** Makes the namespace, under the strictest rules for pods, and in it a pod with etcdctl. */
  void prepareNamespace() {
    kubernetes.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %1$s, labels: {pod-security.kubernetes.io/enforce: restricted}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: tools, namespace: %1$s}
        spec:
          terminationGracePeriodSeconds: 0
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: tools
              image: quorate.dev/e2e-tools:dev
              imagePullPolicy: IfNotPresent
              volumeMounts: [{name: client, mountPath: /client}]
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          volumes:
            - {name: client, secret: {secretName: %2$s-client-tls, optional: true}}
        """
            .formatted(namespace, name));
    kubectl("wait", "--for=condition=Ready", "pod/tools", "--timeout=60s");
  }

  String kubectl(String... arguments) {
    return kubernetes.kubectl(inNamespace(arguments));
  }

  Output tryKubectl(String... arguments) {
    return kubernetes.tryKubectl("", inNamespace(arguments));
  }

  /** How a program that is to go on by itself is run, with the cluster's namespace. */
  List<String> command(String program, String... arguments) {
    return kubernetes.command(program, inNamespace(arguments));
  }

  private String[] inNamespace(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.add(1, "--namespace=" + namespace);
    return all.toArray(String[]::new);
  }

  /**
   * Runs etcdctl in a pod, against the client Service by its name, with the Secret that the
   * operator made for clients.
   */
  String etcdctl(String... arguments) {
    var view = view();
    return view.isSecure()
        ? etcdctlWith("/client", arguments)
        : etcdctlAt(view.endpoints().getFirst(), List.of(), arguments);
  }

  /** The same, with the certificates in a folder of the pod. */
  String etcdctlWith(String folder, String... arguments) {
    awaitFile(folder + "/tls.key");
    return etcdctlAt(view().endpoints().getFirst(), filesIn(folder), arguments);
  }

  /** The same of a cluster in plain text, where it may well be refused. */
  Output tryEtcdctl(String... arguments) {
    var command = new ArrayList<>(List.of("exec", "tools", "--", "etcdctl"));
    command.add("--endpoints=" + view().endpoints().getFirst());
    command.addAll(List.of(arguments));
    return tryKubectl(command.toArray(String[]::new));
  }

  private String etcdctlAt(String endpoint, List<String> files, String... arguments) {
    var command = new ArrayList<>(List.of("exec", "tools", "--", "etcdctl"));
    command.add("--endpoints=" + endpoint);
    command.addAll(files);
    command.addAll(List.of(arguments));
    return kubectl(command.toArray(String[]::new));
  }

  /** Asks the leader to hand over, as its owner would; of a cluster in plain text. */
  void moveLeader(String leader, RaftClusterView.Member next) {
    String address = "%s.%s-peers.%s.svc:2379".formatted(podOf(leader), name, namespace);
    var _ = etcdctlAt("http://" + address, List.of(), "move-leader", next.id());
  }

  static List<String> filesIn(String folder) {
    return List.of(
        "--cacert=" + folder + "/ca.crt",
        "--cert=" + folder + "/tls.crt",
        "--key=" + folder + "/tls.key");
  }

  /** The kubelet takes a moment to bring a Secret into a pod that runs. */
  private void awaitFile(String file) {
    await(file + " in the pod")
        .atMost(PATIENCE)
        .until(() -> tryKubectl("exec", "tools", "--", "test", "-s", file).succeeded());
  }

  /** An ordinary client that works until it is told to finish, with certificates if needed. */
  RunningClient startClient() {
    if (!view().isSecure()) {
      return RunningClient.start(kubernetes.insideNetwork(), endpoint());
    }
    var files = MirroredSecret.follow(this, name + "-client-tls");
    return RunningClient.start(
        kubernetes.insideNetwork(),
        endpoint(),
        files.folder().toString(),
        "%s.%s.svc".formatted(name, namespace));
  }

  /** The address of the client Service. */
  String endpoint() {
    return kubectl("get", "service", name, "-o", "jsonpath={.spec.clusterIP}") + ":2379";
  }

  RaftClusterView view() {
    return RaftClusterView.parse(kubectl("get", "raftcluster", name, "-o", "json"));
  }

  /** Waits until the cluster has this many members, all is well, and the spec asks for no more. */
  RaftClusterView awaitSettled(int members) {
    return awaitState(members + " healthy members", view -> view.isSettled(members));
  }

  /** Waits for a state of the resource; the last one seen is in the failure's message. */
  RaftClusterView awaitState(String description, Predicate<RaftClusterView> state) {
    var last = new RaftClusterView[] {view()};
    try {
      return await(description)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> last[0] = view(), state);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "waited %s in vain for %s; status is %s%nthe operator says:%n%s%nthe members say:%n%s"
              .formatted(PATIENCE, description, last[0], operatorsLog(), membersLog()),
          e);
    }
  }

  private String operatorsLog() {
    return new OperatorUnderTest(kubernetes).log(LOG_LINES);
  }

  private String membersLog() {
    return tryKubectl(
            "logs",
            "--selector=app.kubernetes.io/instance=" + name,
            "--prefix",
            "--tail=" + LOG_LINES)
        .out();
  }

  /** Waits until objects of a kind that belong to the cluster are all gone. */
  void awaitNone(String kind) {
    await("no " + kind + " of " + name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                kubectl("get", kind, "-o", "jsonpath={.items[*].metadata.name}")
                    .replaceAll("\\btools\\b", "")
                    .isBlank());
  }

  /** Changes fields of the spec, given in JSON; {@code null} takes a field away. */
  void edit(String fields) {
    kubectl("patch", "raftcluster", name, "--type=merge", "--patch={\"spec\": " + fields + "}");
  }

  void scale(int members) {
    kubectl("scale", "raftcluster", name, "--replicas=" + members);
  }

  /** Waits until Kubernetes is told what to do with volumes when the cluster is deleted. */
  void awaitVolumesWhenDeleted(String policy) {
    String path = "jsonpath={.items[*].spec.persistentVolumeClaimRetentionPolicy.whenDeleted}";
    await("volumes to be handled as by " + policy)
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                List.of(kubectl("get", "statefulsets", "-o", path).split(" ")).stream()
                    .allMatch(policy::equals));
  }

  void awaitClaim(String claim, String path, String value) {
    await(claim + " with " + value)
        .atMost(Duration.ofMinutes(1))
        .until(() -> kubectl("get", "pvc", claim, "-o", "jsonpath=" + path).equals(value));
  }

  /** The reasons of the Events about the cluster. */
  List<String> events() {
    String reasons =
        kubectl(
            "get",
            "events.events.k8s.io",
            "--field-selector=regarding.kind=RaftCluster",
            "-o",
            "jsonpath={.items[*].reason}");
    return List.of(reasons.split(" "));
  }

  /** All that a member tells Prometheus. */
  String metrics(String member) {
    String pods = "/api/v1/namespaces/" + namespace + "/pods/";
    return kubernetes.kubectl("get", "--raw", pods + podOf(member) + ":2381/proxy/metrics");
  }

  /** Asks as a drain does; the answer may be that it must wait. */
  Output tryEvict(String member) {
    String pod = podOf(member);
    String eviction =
        """
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}
        """
            .formatted(pod, namespace);
    return kubernetes.tryKubectl(
        eviction,
        "create",
        "--raw=/api/v1/namespaces/%s/pods/%s/eviction".formatted(namespace, pod),
        "--filename=-");
  }

  /** Waits until so many members may be evicted, as Kubernetes sees it. */
  void awaitDisruptionsAllowed(int count) {
    await(count + " evictions to be allowed")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                kubectl("get", "pdb", name, "-o", "jsonpath={.status.disruptionsAllowed}")
                    .equals(String.valueOf(count)));
  }

  String podOf(String member) {
    return member + "-0";
  }

  String machineOf(String member) {
    return kubectl("get", "pod", podOf(member), "-o", "jsonpath={.spec.nodeName}");
  }

  /** The claim of a member's data volume, as its pod names it. */
  String claimOf(String member) {
    return kubectl(
        "get",
        "pod",
        podOf(member),
        "-o",
        "jsonpath={.spec.volumes[*].persistentVolumeClaim.claimName}");
  }

  @Nullable String uid(String kind, String object) {
    Output output = tryKubectl("get", kind, object, "-o", "jsonpath={.metadata.uid}");
    return output.succeeded() ? output.out().strip() : null;
  }
}

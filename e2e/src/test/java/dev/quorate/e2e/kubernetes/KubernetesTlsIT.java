package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import dev.quorate.operator.x509.CertificateMaker;
import dev.quorate.operator.x509.CertificateRequest;
import dev.quorate.operator.x509.KeyPairPem;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Certificates on a real Kubernetes, where kubelets bring Secrets into pods that run. */
@ExtendWith(FailureReport.class)
class KubernetesTlsIT {
  private static final List<String> MEMBERS = List.of("demo-0", "demo-1", "demo-2");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final CertificateMaker MAKER = new CertificateMaker(new SecureRandom());

  @RegisterExtension
  static final StartedKubernetes STARTED = new StartedKubernetes(KubernetesTlsIT::installOperator);

  private static void installOperator(KubernetesUnderTest kubernetes) {
    String definition = Checkout.path("crds/src/main/resources/raftclusters.quorate.dev-v1.yml");
    kubernetes.kubectl("apply", "--server-side", "-f", definition);
    kubernetes.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", definition);
    kubernetes.kubectl("apply", "-f", Checkout.path("operator/manifests/operator.yaml"));
    // The clients here read their Secrets once a second; nobody needs a day for that.
    new OperatorUnderTest(kubernetes)
        .kubectl(
            "patch",
            "deployment",
            "quorate-operator",
            "--type=json",
            "--patch=[{\"op\": \"add\", \"path\": \"/spec/template/spec/containers/0/args/-\","
                + " \"value\": \"--client-ca-overlap-minutes=0\"}]");
    new OperatorUnderTest(kubernetes)
        .kubectl("rollout", "status", "deployment", "quorate-operator", "--timeout=180s");
  }

  private static KubernetesUnderTest kubernetes() {
    return STARTED.kubernetes();
  }

  @Test
  void nobodyNoticesThatCertificatesAndAuthoritiesAreReplaced() throws Exception {
    var demo = new RaftClusterUnderTest(kubernetes(), "secure", "demo");
    demo.prepareNamespace();
    kubernetes().apply(Manifests.secure("secure", "demo", "{mode: Managed}"));
    var view = demo.awaitSettled(3);
    assertThat(view.endpoints()).containsExactly("https://demo.secure.svc:2379");
    assertThat(view.condition("CertificatesValid")).isEqualTo("True");
    assertThat(demo.etcdctl("put", "first", "kept")).isEqualTo("OK");
    strangersAreRefused(demo);
    List<String> pods = uids(demo);
    try (var client = demo.startClient()) {
      client.awaitWrites(20);
      String peers = secretSerial(demo, "demo-peer-tls");
      String server = secretSerial(demo, "demo-server-tls");
      demo.kubectl("delete", "secret", "demo-peer-tls", "demo-server-tls");
      look(demo);
      awaitShown(demo, 2380, "demo-peer-tls", peers);
      awaitShown(demo, 2379, "demo-server-tls", server);
      client.awaitWrites(20);

      var oldAuthorities =
          List.of(entry(demo, "demo-peer-ca", "tls.crt"), entry(demo, "demo-client-ca", "tls.crt"));
      demo.kubectl("delete", "secret", "demo-peer-ca", "demo-client-ca");
      look(demo);
      demo.awaitState(
          "a rotation that is done",
          seen ->
              seen.explanation("CertificatesValid").startsWith("CertificatesCurrent")
                  && authorities(demo).stream()
                      .noneMatch(now -> now.isEmpty() || oldAuthorities.contains(now)));
      awaitShown(demo, 2380, "demo-peer-tls", peers);
      awaitShown(demo, 2379, "demo-server-tls", server);
      for (var secret : List.of("demo-peer-tls", "demo-operator-tls")) {
        assertThat(entry(demo, secret, "ca.crt")).isEqualTo(entry(demo, "demo-peer-ca", "tls.crt"));
      }
      assertThat(entry(demo, "demo-client-tls", "ca.crt"))
          .isEqualTo(entry(demo, "demo-client-ca", "tls.crt"));
      client.awaitWrites(20);
      List<String> summary = client.finish();
      System.out.println("the client's summary:\n  " + String.join("\n  ", summary));
      assertThat(summary).noneMatch(line -> line.startsWith("violation"));
      assertThat(summary).as("failed requests").noneMatch(line -> line.startsWith("failure"));
      assertThat(summary).anyMatch(line -> line.startsWith("summary acknowledged="));
    }
    assertThat(uids(demo)).as("no pod was made again").isEqualTo(pods);
    assertThat(restarts(demo)).isEqualTo("0 0 0");
    await("etcdctl with the certificate of today")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> demo.etcdctl("get", "first", "--print-value-only").equals("kept"));
    demo.kubectl("delete", "raftcluster", "demo", "--timeout=120s");
    demo.awaitNone("pods");
    demo.awaitNone("secrets");
  }

  private static void strangersAreRefused(RaftClusterUnderTest demo) throws PemException {
    var now = InstantSource.system().instant();
    var strangers = MAKER.authority("strangers", now, Duration.ofDays(1));
    var stranger =
        MAKER.issue(
            new CertificateRequest(
                "quorate-operator", List.of("*.demo-peers.secure.svc"), true, true),
            strangers,
            now,
            Duration.ofHours(1));
    putFiles(demo, "/tmp/stranger", stranger, entry(demo, "demo-peer-tls", "ca.crt"));
    copySecret(demo, "demo-peer-tls", "/tmp/member");
    copySecret(demo, "demo-operator-tls", "/tmp/operator");
    // Certificates for clients with the authority of members: only the server's is believed.
    putFiles(
        demo,
        "/tmp/client",
        new KeyPairPem(
            entry(demo, "demo-client-tls", "tls.crt"), entry(demo, "demo-client-tls", "tls.key")),
        entry(demo, "demo-peer-tls", "ca.crt"));
    assertThat(atPeerPort(demo, "/tmp/member").orFail().lines()).hasSize(3);
    assertThat(atPeerPort(demo, "/tmp/stranger").succeeded()).as("a stranger").isFalse();
    assertThat(atPeerPort(demo, "/tmp/client").succeeded()).as("a client").isFalse();
    Output operator = atPeerPort(demo, "/tmp/operator");
    assertThat(operator.succeeded()).as("the operator, where members talk").isFalse();
    assertThat(operator.out() + operator.err()).contains("only members may call this");
    Output asClient =
        demo.tryKubectl(
            "exec",
            "tools",
            "--",
            "etcdctl",
            "--endpoints=https://demo.secure.svc:2379",
            "--command-timeout=3s",
            "--insecure-skip-tls-verify",
            "--cert=/tmp/stranger/tls.crt",
            "--key=/tmp/stranger/tls.key",
            "get",
            "first");
    assertThat(asClient.succeeded()).as("a stranger as client").isFalse();
  }

  private static Output atPeerPort(RaftClusterUnderTest demo, String folder) {
    var command = new ArrayList<>(List.of("exec", "tools", "--", "etcdctl"));
    command.add("--endpoints=https://demo-0-0.demo-peers.secure.svc:2380");
    command.add("--command-timeout=3s");
    command.addAll(RaftClusterUnderTest.filesIn(folder));
    command.addAll(List.of("member", "list"));
    return demo.tryKubectl(command.toArray(String[]::new));
  }

  @Test
  void certificatesOfSomebodyElseAreUsedOnceTheyAreThere() throws Exception {
    var given = new RaftClusterUnderTest(kubernetes(), "given", "mine");
    given.prepareNamespace();
    kubernetes()
        .apply(
            Manifests.secure(
                "given",
                "mine",
                "{mode: Provided, client: {secretRef: {name: web}}, peer: {secretRef: {name: inner}}}"));
    var blocked =
        given.awaitState(
            "the missing Secret in a condition",
            view -> view.explanation("CertificatesValid").startsWith("SecretMissing"));
    assertThat(blocked.explanation("CertificatesValid"))
        .contains("Secret web (spec.tls.client.secretRef) does not exist: make it with");
    assertThat(given.kubectl("get", "statefulsets", "-o", "name")).isEmpty();

    var now = InstantSource.system().instant();
    var company = MAKER.authority("company", now, Duration.ofDays(10));
    apply("given", "inner", issued(company, now, "elsewhere.example"), company);
    apply("given", "web", issued(company, now, "mine.given.svc"), company);
    given.awaitState(
        "the wrong name in a condition",
        view ->
            view.explanation("CertificatesValid").contains("*.mine-peers.given.svc")
                && view.condition("CertificatesValid").equals("False"));
    apply("given", "inner", issued(company, now, "*.mine-peers.given.svc"), company);
    given.awaitSettled(3);
    putFiles(given, "/tmp/user", issued(company, now, "user"), company.certificate());
    assertThat(given.etcdctlWith("/tmp/user", "put", "a", "b")).isEqualTo("OK");
    assertThat(given.etcdctlWith("/tmp/user", "member", "list").lines()).hasSize(3);
    given.kubectl("delete", "raftcluster", "mine", "--timeout=120s");
    given.awaitNone("pods");
  }

  private static void apply(String namespace, String name, KeyPairPem pair, KeyPairPem authority) {
    kubernetes()
        .apply(
            Manifests.secret(
                namespace, name, pair.certificate(), pair.key(), authority.certificate()));
  }

  private static KeyPairPem issued(KeyPairPem authority, Instant now, String host)
      throws PemException {
    return MAKER.issue(
        new CertificateRequest("given", List.of(host), true, true),
        authority,
        now,
        Duration.ofDays(5));
  }

  private static void copySecret(RaftClusterUnderTest demo, String secret, String folder) {
    putFiles(
        demo,
        folder,
        new KeyPairPem(entry(demo, secret, "tls.crt"), entry(demo, secret, "tls.key")),
        entry(demo, secret, "ca.crt"));
  }

  private static void putFiles(
      RaftClusterUnderTest demo, String folder, KeyPairPem pair, String authority) {
    demo.kubectl("exec", "tools", "--", "mkdir", "-p", folder);
    putFile(demo, folder + "/tls.crt", pair.certificate());
    putFile(demo, folder + "/tls.key", pair.key());
    putFile(demo, folder + "/ca.crt", authority);
  }

  private static void putFile(RaftClusterUnderTest demo, String file, String text) {
    String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    demo.kubectl("exec", "tools", "--", "sh", "-c", "echo " + encoded + " | base64 -d > " + file);
  }

  /** An edit of the cluster has the operator read its Secrets again. */
  private static void look(RaftClusterUnderTest demo) {
    String time = String.valueOf(System.nanoTime());
    demo.kubectl("annotate", "raftcluster", "demo", "--overwrite", "example.com/look=" + time);
  }

  private static void awaitShown(
      RaftClusterUnderTest demo, int port, String secret, String before) {
    await("every member to show the new certificate in " + secret)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(
            () -> {
              look(demo);
              String wanted = secretSerial(demo, secret);
              return !wanted.equals(before)
                  && MEMBERS.stream()
                      .allMatch(member -> shownSerial(demo, member, port).equals(wanted));
            });
  }

  private static String shownSerial(RaftClusterUnderTest demo, String member, int port) {
    String address =
        demo.kubectl("get", "pod", demo.podOf(member), "-o", "jsonpath={.status.podIP}");
    var command = new ArrayList<>(kubernetes().insideNetwork());
    command.addAll(List.of("openssl", "s_client", "-connect", address + ":" + port, "-showcerts"));
    // Without a certificate of its own it is cut off, after it has seen the member's.
    String shown = Output.of(Duration.ofSeconds(20), "", command).out();
    int begin = shown.indexOf("-----BEGIN CERTIFICATE-----");
    int end = shown.indexOf("-----END CERTIFICATE-----");
    return begin < 0 ? "" : serial(shown.substring(begin, end) + "-----END CERTIFICATE-----\n");
  }

  private static String secretSerial(RaftClusterUnderTest demo, String secret) {
    return serial(entry(demo, secret, "tls.crt"));
  }

  private static String serial(String certificate) {
    try {
      return PemReader.certificates(certificate).getFirst().getSerialNumber().toString();
    } catch (PemException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> authorities(RaftClusterUnderTest demo) {
    return List.of(
        entry(demo, "demo-peer-ca", "tls.crt"), entry(demo, "demo-client-ca", "tls.crt"));
  }

  private static String entry(RaftClusterUnderTest demo, String secret, String entry) {
    String path = "jsonpath={.data." + entry.replace(".", "\\.") + "}";
    Output output = demo.tryKubectl("get", "secret", secret, "-o", path);
    return new String(Base64.getDecoder().decode(output.out().strip()), StandardCharsets.US_ASCII);
  }

  private static List<String> uids(RaftClusterUnderTest demo) {
    return MEMBERS.stream().map(m -> String.valueOf(demo.uid("pod", demo.podOf(m)))).toList();
  }

  private static String restarts(RaftClusterUnderTest demo) {
    return demo.kubectl(
        "get",
        "pods",
        "-l",
        "app.kubernetes.io/instance=demo",
        "-o",
        "jsonpath={.items[*].status.containerStatuses[0].restartCount}");
  }
}

package dev.quorate.operator.benchmark;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A real kube-apiserver with its etcd, on loopback, thrown away afterwards. Everybody may do
 * everything and is told apart by a token; what the operator asks is in the audit log.
 */
final class ApiServer implements AutoCloseable {
  /** Who is audited. */
  static final String OPERATOR = "quorate-operator";

  /** Who plays the part of the nodes' kubelets. */
  static final String KUBELET = "simulated-kubelet";

  /** Who makes clusters and looks at them. */
  static final String USER = "user";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - {level: Metadata, users: [%s]}
      - {level: None}
      """
          .formatted(OPERATOR);

  private final Path folder;
  private final int port;
  private final Program etcd;
  private final Program server;

  private ApiServer(Path folder, int port, Program etcd, Program server) {
    this.folder = folder;
    this.port = port;
    this.etcd = etcd;
    this.server = server;
  }

  /**
   * @param programs a folder with etcd and kube-apiserver
   */
  static ApiServer start(Path programs, Path folder) throws IOException, InterruptedException {
    writeFiles(folder);
    var store = "http://127.0.0.1:" + Loopback.freePort();
    var etcd = Program.start("etcd", folder, Map.of(), etcd(programs, folder, store));
    int port = Loopback.freePort();
    var server =
        Program.start("kube-apiserver", folder, Map.of(), server(programs, folder, store, port));
    var started = new ApiServer(folder, port, etcd, server);
    try {
      started.awaitReady();
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private static List<String> etcd(Path programs, Path folder, String clients) throws IOException {
    var peers = "http://127.0.0.1:" + Loopback.freePort();
    return List.of(
        programs.resolve("etcd").toString(),
        "--name=benchmark",
        "--data-dir=" + folder.resolve("etcd"),
        "--unsafe-no-fsync",
        "--log-level=warn",
        "--listen-client-urls=" + clients,
        "--advertise-client-urls=" + clients,
        "--listen-peer-urls=" + peers,
        "--initial-advertise-peer-urls=" + peers,
        "--initial-cluster=benchmark=" + peers);
  }

  /** There is no controller that would make service accounts, so pods must do without. */
  private static List<String> server(Path programs, Path folder, String store, int port) {
    return List.of(
        programs.resolve("kube-apiserver").toString(),
        "--etcd-servers=" + store,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + folder.resolve("certificates"),
        "--service-cluster-ip-range=10.96.0.0/12",
        "--authorization-mode=AlwaysAllow",
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--disable-admission-plugins=ServiceAccount,StorageObjectInUseProtection",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + folder.resolve("service-account.pub"),
        "--service-account-signing-key-file=" + folder.resolve("service-account.key"),
        "--audit-policy-file=" + folder.resolve("audit-policy.yaml"),
        "--audit-log-path=" + folder.resolve("audit.log"),
        "--audit-log-maxsize=100000");
  }

  private static void writeFiles(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY);
    Files.createFile(folder.resolve("audit.log"));
    Files.writeString(
        folder.resolve("tokens.csv"),
        List.of(OPERATOR, KUBELET, USER).stream()
            .map(user -> "%s,%s,%s%n".formatted(token(user), user, user))
            .collect(Collectors.joining()));
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      var pair = generator.generateKeyPair();
      writePem(folder.resolve("service-account.pub"), "PUBLIC KEY", pair.getPublic());
      writePem(folder.resolve("service-account.key"), "PRIVATE KEY", pair.getPrivate());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has RSA", e);
    }
  }

  private static void writePem(Path file, String kind, Key key) throws IOException {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Files.writeString(
        file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, base64));
  }

  private static String token(String user) {
    return user + "-token";
  }

  private void awaitReady() throws IOException, InterruptedException {
    Awaiting.until("the API server is ready", PATIENCE, this::isReady);
  }

  private boolean isReady() throws IOException {
    etcd.checkRuns();
    server.checkRuns();
    if (!Files.exists(certificate())) {
      return false;
    }
    try (var client = client(USER)) {
      return "ok".equals(client.raw("/readyz"));
    } catch (RuntimeException _) {
      return false; // The client's own way of saying that nobody answers yet.
    }
  }

  private Path certificate() {
    return folder.resolve("certificates").resolve("apiserver.crt");
  }

  KubernetesClient client(String user) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://127.0.0.1:" + port)
            .withCaCertFile(certificate().toString())
            .withOauthToken(token(user))
            .withNamespace("default")
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** A kubeconfig for a program that works as this user. */
  Path kubeconfig(String user) throws IOException {
    var file = folder.resolve(user + ".kubeconfig");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        current-context: benchmark
        contexts: [{name: benchmark, context: {cluster: benchmark, user: %1$s}}]
        clusters:
        - name: benchmark
          cluster: {server: 'https://127.0.0.1:%2$d', certificate-authority: '%3$s'}
        users: [{name: %1$s, user: {token: %4$s}}]
        """
            .formatted(user, port, certificate(), token(user)));
    return file;
  }

  AuditLog audit() {
    return new AuditLog(folder.resolve("audit.log"));
  }

  @Override
  public void close() {
    server.close();
    etcd.close();
  }
}

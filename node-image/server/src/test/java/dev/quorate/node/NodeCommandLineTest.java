package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.NodeCommandLine.Request;
import dev.quorate.node.NodeConfig.ClusterState;
import dev.quorate.node.flags.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags and environment, as etcd reads them, and what is said about bad ones. */
final class NodeCommandLineTest {
  @Test
  void withoutFlagsItIsEtcdsDefaultMember() throws ConfigException {
    var config = config(Map.of());
    assertThat(config.name()).isEqualTo("default");
    assertThat(config.dataDirectory().getFileName()).hasToString("default.etcd");
    assertThat(config.listen().clients()).hasToString("[http://localhost:2379]");
    assertThat(config.listen().peers()).hasToString("[http://localhost:2380]");
    assertThat(config.initialCluster()).hasToString("default=http://localhost:2380");
    assertThat(config.initialClusterState()).isEqualTo(ClusterState.NEW);
    assertThat(config.initialClusterToken()).isEqualTo("etcd-cluster");
    assertThat(config.heartbeatMilliseconds()).isEqualTo(100);
    assertThat(config.electionTimeoutMilliseconds()).isEqualTo(1000);
    assertThat(config.minElectionTimeoutMilliseconds()).as("does not adapt").isEqualTo(1000);
    assertThat(config.limits().quotaBytes()).isEqualTo(2L << 30);
    assertThat(config.listen().metrics()).isEmpty();
    assertThat(config.managed()).isFalse();
  }

  @Test
  void theNameNamesTheDirectoryAndTheOnlyMember() throws ConfigException {
    var config = config(Map.of(), "--name=n1", "--initial-advertise-peer-urls=http://h:1");
    assertThat(config.dataDirectory().getFileName()).hasToString("n1.etcd");
    assertThat(config.initialCluster()).hasToString("n1=http://h:1");
  }

  @Test
  void aFlagWinsOverTheEnvironment() throws ConfigException {
    var environment =
        Map.of("ETCD_NAME", "env", "ETCD_ELECTION_TIMEOUT", "2000", "ETCD_DATA_DIR", "");
    var config = config(environment, "-name", "flag");
    assertThat(config.name()).isEqualTo("flag");
    assertThat(config.electionTimeoutMilliseconds()).isEqualTo(2000);
    assertThat(config.dataDirectory().getFileName()).hasToString("flag.etcd");
  }

  @Test
  void unknownVariablesAreToldAndIgnored() throws ConfigException {
    var request = NodeCommandLine.parse(List.of(), Map.of("ETCD_FOO", "1", "PATH", "/"));
    assertThat(((Request.Run) request).warnings())
        .containsExactly("the environment variable ETCD_FOO is not known and has no effect");
  }

  @Test
  void aManagedMemberHasAMetricsPort() throws ConfigException {
    assertThat(config(Map.of(), "--managed").listen().metrics())
        .hasToString("[http://0.0.0.0:2381]");
    assertThat(config(Map.of("ETCD_MANAGED", "true")).managed()).isTrue();
    assertThat(config(Map.of(), "--managed=false").managed()).isFalse();
  }

  @Test
  void theElectionTimeoutAdaptsIfThatIsAskedFor() throws ConfigException {
    assertThat(config(Map.of(), "--adaptive-election-timeout-min=500"))
        .returns(1000, NodeConfig::electionTimeoutMilliseconds)
        .returns(500, NodeConfig::minElectionTimeoutMilliseconds);
    var environment =
        Map.of("ETCD_ADAPTIVE_ELECTION_TIMEOUT_MIN", "50", "ETCD_HEARTBEAT_INTERVAL", "10");
    assertThat(config(environment).minElectionTimeoutMilliseconds()).isEqualTo(50);
    assertThat(config(environment, "--adaptive-election-timeout-min=0"))
        .returns(1000, NodeConfig::minElectionTimeoutMilliseconds);
  }

  @Test
  void aNegativeQuotaIsNone() throws ConfigException {
    assertThat(config(Map.of(), "--quota-backend-bytes=-5").limits().quotaBytes())
        .isEqualTo(ClientLimits.NO_QUOTA);
    assertThat(config(Map.of(), "--quota-backend-bytes=0").limits().quotaBytes())
        .isEqualTo(2L << 30);
  }

  @Test
  void webPagesAreNamedByTheirOrigins() throws ConfigException {
    assertThat(config(Map.of()).clientHttp().gateway()).isTrue();
    var http =
        config(
                Map.of("ETCD_HOST_WHITELIST", "a,b"),
                "--cors=http://a:80, https://b.example,http://[::1]:80",
                "--enable-grpc-gateway=false")
            .clientHttp();
    assertThat(http.gateway()).isFalse();
    assertThat(http.access().hosts()).containsExactlyInAnyOrder("a", "b");
    assertThat(http.access().origins())
        .containsExactlyInAnyOrder("http://a:80", "https://b.example", "http://[::1]:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:80", "http://a:80/", "ftp://a:80", "http://", "http://a b", "null"})
  void whatIsNoOriginIsRefused(String origin) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(), "--cors=http://ok:80," + origin))
        .withMessage(
            "--cors: \"%s\" is not an origin: write it as http://HOST:PORT, or * for all", origin);
  }

  @Test
  void helpNamesEveryFlag() throws ConfigException {
    var help = ((Request.Print) NodeCommandLine.parse(List.of("--help"), Map.of())).text();
    assertThat(help).contains("--name", "--initial-cluster-state", "--managed", "ETCD_DATA_DIR");
    var version = ((Request.Print) NodeCommandLine.parse(List.of("--version"), Map.of())).text();
    assertThat(version).contains(Versions.product()).doesNotContain("$");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nme=x | unknown flag --nme=x: did you mean --name? See quorate-node --help",
        "--frobnicate | unknown flag --frobnicate: see quorate-node --help",
        "foo | \"foo\" is not a flag: see quorate-node --help",
        "--name= | --name: \"\" is empty or holds \"=\" or \",\": choose another",
        "--heartbeat-interval=x | --heartbeat-interval: \"x\" is not a whole number from 0 up",
        "--heartbeat-interval=0 | --heartbeat-interval: 0 is not above 0",
        "--election-timeout=499 | --election-timeout: 499 ms is less than 5 times --heartbeat-interval (100 ms): set at least 500",
        "--adaptive-election-timeout-min=499 | --adaptive-election-timeout-min: 499 ms is less than 5 times --heartbeat-interval (100 ms): set at least 500, or 0 to switch it off",
        "--adaptive-election-timeout-min=1001 | --adaptive-election-timeout-min: 1001 ms is longer than --election-timeout (1000 ms): set at most that",
        "--election-timeout=50001 | --election-timeout: 50001 ms is too long: set at most 50000",
        "--listen-client-urls=http://1.1.1.1:1 | --advertise-client-urls is required when --listen-client-urls is set: say where clients reach this member",
        "--listen-peer-urls=http://host:1 | --listen-peer-urls: \"http://host:1\" names a host: listen on an IP address, for example http://0.0.0.0:1",
        "--listen-peer-urls=https://1.1.1.1:1 | --listen-peer-urls: https://1.1.1.1:1 needs --peer-cert-file and --peer-key-file: give them",
        "--listen-metrics-urls=https://1.1.1.1:1 | --listen-metrics-urls: https://1.1.1.1:1 needs --cert-file and --key-file: give them",
        "--listen-peer-urls=unix://x | --listen-peer-urls: \"unix://x\" uses unix, which this version does not offer: write it as http://HOST:PORT",
        "--cert-file=a | --cert-file needs --key-file: give both",
        "--peer-client-key-file=a | --peer-client-key-file needs --peer-client-cert-file: give both",
        "--client-cert-auth | --client-cert-auth needs --trusted-ca-file: say who signs these certificates",
        "--peer-cert-allowed-cn=a | --peer-cert-allowed-cn needs --peer-trusted-ca-file: say who signs these certificates",
        "--auto-tls --trusted-ca-file=a | --auto-tls and --trusted-ca-file exclude each other: leave one out",
        "--tls-min-version=TLS1.1 | --tls-min-version: \"TLS1.1\" is neither TLS1.2 nor TLS1.3",
        "--cipher-suites=TLS_FOO | --cipher-suites: TLS_FOO is not known: leave it out",
        "--self-signed-cert-validity=0 | --self-signed-cert-validity: 0 is not from 1 to 100",
        "--listen-peer-urls=1.1.1.1:1 | --listen-peer-urls: \"1.1.1.1:1\" is not a URL: write it as http://HOST:PORT",
        "--listen-peer-urls=http://1.1.1.1 | --listen-peer-urls: \"http://1.1.1.1\" has no host and port: write it as http://HOST:PORT",
        "--listen-peer-urls=http://1.1.1.1:1/x | --listen-peer-urls: \"http://1.1.1.1:1/x\" has more than a host and a port: write it as http://HOST:PORT",
        "--advertise-client-urls=http://0.0.0.0:1 | --advertise-client-urls: nobody can reach http://0.0.0.0:1: name the address that clients use",
        "--initial-cluster=a | --initial-cluster: \"a\" is not of the form NAME=http://HOST:PORT",
        "--initial-cluster=a=http://h:1 | --initial-cluster: this member's --name \"default\" is not in \"a=http://h:1\": add default=http://localhost:2380",
        "--initial-cluster=default=http://h:1 | --initial-cluster has default=http://h:1, but --initial-advertise-peer-urls is http://localhost:2380: make them equal",
        "--initial-cluster=a=http://h:1,b=http://h:1 | --initial-cluster: http://h:1 stands there twice, for a and b: every peer URL belongs to one member",
        "--initial-cluster-state=old | --initial-cluster-state: \"old\" is neither new nor existing",
        "--log-level=loud | --log-level: \"loud\" is none of debug, info, warn, error",
        "--log-format=xml | --log-format: \"xml\" is neither json nor console",
        "--log-outputs=systemd/journal | --log-outputs: systemd/journal is not offered: use stderr, which systemd collects",
        "--log-outputs=default,stderr | --log-outputs: default goes with no other output: write stderr instead",
        "--metrics=all | --metrics: \"all\" is neither basic nor extensive",
        "--max-request-bytes=10485761 | --max-request-bytes: 10485761 is not from 1 to 10485760",
        "--max-txn-ops=0 | --max-txn-ops: 0 is not from 1 to 2147483647",
        "--max-concurrent-streams=0 | --max-concurrent-streams: 0 is not above 0",
        "--max-learners=0 | --max-learners: 0 is not from 1 to 2147483647",
        "--grpc-keepalive-interval=-1s | --grpc-keepalive-interval: -1s is below 0",
        "--auto-compaction-mode=hourly | --auto-compaction-mode: \"hourly\" is neither periodic nor revision",
        "--data-dir=  | --data-dir: \"\" is not a path"
      })
  void badFlagsAreNamedWithWhatWouldBeRight(String argument, String message) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(), argument.split(" (?=--)", -1)))
        .withMessage(message);
  }

  /** In a file of YAML a text may hold anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--data-dir",
        "--cert-file",
        "--key-file",
        "--trusted-ca-file",
        "--client-crl-file",
        "--peer-cert-file",
        "--config-file"
      })
  void whatIsNoPathIsNamed(String flag) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(), flag + "=a\0b"))
        .withMessage(flag + ": \"a\0b\" is not a path");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of("ETCD_CONFIG_FILE", "a\0b")))
        .withMessage("--config-file: \"a\0b\" is not a path");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(), "--log-outputs=stderr,a\0b"))
        .withMessage("--log-outputs: \"a\0b\" is not a path");
  }

  @Test
  void aManagedMemberTakesNoInitialCluster() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(Map.of(), "--managed", "--initial-cluster-state=new"))
        .withMessageStartingWith("--initial-cluster-state does not go with --managed");
  }

  @Test
  void limitsAndKeepAliveAreEtcdsUnlessGiven() throws ConfigException {
    var usual = config(Map.of());
    assertThat(usual.limits())
        .isEqualTo(new ClientLimits(2L << 30, 3 << 19, 128, Integer.MAX_VALUE));
    assertThat(usual.keepAlive())
        .isEqualTo(
            new KeepAlive(Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20)));
    assertThat(usual.maxLearners()).isEqualTo(1);
    var given =
        config(
            Map.of("ETCD_MAX_TXN_OPS", "7"),
            "--max-request-bytes=1000",
            "--max-concurrent-streams=3",
            "--grpc-keepalive-interval=0s");
    assertThat(given.limits()).isEqualTo(new ClientLimits(2L << 30, 1000, 7, 3));
    assertThat(given.keepAlive().pings()).isFalse();
  }

  @Test
  void idsAreThoseThatEtcdDerives() throws ConfigException {
    var config = config(Map.of());
    long id =
        MemberIds.memberId(
            NodeUrl.toStrings(config.initialCluster().urlsOf("default")),
            config.initialClusterToken());
    assertThat(Long.toHexString(id)).isEqualTo("8e9e05c52164694d");
    assertThat(Long.toHexString(MemberIds.clusterId(List.of(id)))).isEqualTo("cdf818194e3a8c32");
  }

  private static NodeConfig config(Map<String, String> environment, String... arguments)
      throws ConfigException {
    return ((Request.Run) NodeCommandLine.parse(List.of(arguments), environment)).config();
  }
}

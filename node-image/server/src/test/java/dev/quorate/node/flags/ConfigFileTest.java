package dev.quorate.node.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.flags.FlagReader.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** etcd's configuration file, and what is said about a bad one. */
final class ConfigFileTest {
  @TempDir Path directory;

  @Test
  void keysAreTheFlags() throws Exception {
    var values =
        read(
            """
            name: one
            data-dir:
            heartbeat-interval: 50
            grpc-keepalive-interval: 600000000000
            grpc-keepalive-timeout: 3s
            log-outputs: [stderr, stdout]
            listen-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
            strict-reconfig-check: false
            discovery:
            discovery-fallback: 'proxy'
            proxy: 'off'
            socket-options:
              reuse-port: true
            client-transport-security:
              cert-file:
              client-cert-auth: false
            peer-transport-security:
            """);
    assertThat(values.text("name")).isEqualTo("one");
    assertThat(values.has("data-dir")).isFalse();
    assertThat(values.number("heartbeat-interval")).isEqualTo(50);
    assertThat(values.duration("grpc-keepalive-interval")).isEqualTo(Duration.ofMinutes(10));
    assertThat(values.duration("grpc-keepalive-timeout")).isEqualTo(Duration.ofSeconds(3));
    assertThat(values.list("log-outputs")).containsExactly("stderr", "stdout");
    assertThat(values.isTrue("socket-reuse-port")).isTrue();
  }

  @Test
  void jsonIsYamlToo() throws Exception {
    assertThat(read("{\"name\": \"one\", \"max-learners\": 2}").number("max-learners"))
        .isEqualTo(2);
    assertThat(read("").text("name")).isEqualTo("default");
  }

  @Test
  void otherFlagsAndVariablesAreIgnoredAndTold() throws Exception {
    Path file = write("name: file");
    var run =
        (Request.Run)
            FlagReader.read(
                List.of("--config-file=" + file, "--name=flag"), Map.of("ETCD_DATA_DIR", "/x"));
    assertThat(run.values().text("name")).isEqualTo("file");
    assertThat(run.values().has("data-dir")).isFalse();
    assertThat(run.warnings())
        .containsExactly(
            "the configuration is read from %s alone; without effect: --name, ETCD_DATA_DIR"
                .formatted(file));
    var byVariable =
        (Request.Run) FlagReader.read(List.of(), Map.of("ETCD_CONFIG_FILE", file.toString()));
    assertThat(byVariable.values().text("name")).isEqualTo("file");
    assertThat(byVariable.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: a;nmae: b | FILE, line 2: there is no key nmae: did you mean name?",
        "name: a;name: b | FILE, line 2: name stands there twice",
        "foo-bar: 1 | FILE, line 1: there is no key foo-bar",
        "max-txn-ops: x | FILE, line 1: max-txn-ops: \"x\" is not a whole number from 0 up",
        "unsafe-no-fsync: true | FILE, line 1: unsafe-no-fsync is refused: acknowledged writes would be lost: leave it out; for tests use a data directory in memory (tmpfs)",
        "name: [a] | FILE, line 1: name takes one value",
        "- a | FILE, line 1: is not of the form KEY: VALUE",
        "peer-transport-security: yes | FILE, line 1: peer-transport-security is not of the form KEY: VALUE",
        "peer-transport-security:;  cert: x | FILE, line 2: there is no key peer-transport-security.cert",
        "config-file: x | FILE, line 1: there is no key config-file: did you mean config-file?"
      })
  void whatIsWrongIsSaidWithItsLine(String lines, String message) throws Exception {
    Path file = write(lines.replace(';', '\n'));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .withMessageStartingWith(
            message.replace("FILE", file.toString()).replaceAll(": did.*", ""));
  }

  @Test
  void brokenYamlIsNamedWithItsLine() throws Exception {
    Path file = write("name: a\n  data-dir: b\n");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .withMessageStartingWith(file + ", line 2: ");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = directory.resolve("none.yaml");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .withMessage("--config-file: %s does not exist".formatted(file));
  }

  private FlagValues read(String text) throws Exception {
    return ConfigFile.read(write(text));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("etcd.yaml"), text);
  }
}

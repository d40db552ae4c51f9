package dev.quorate.node.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.flags.FlagReader.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments and environment, as Go's flag package and etcd read them. */
final class FlagReaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"--name=n", "-name=n", "--name n", "-name n", "--name=m --name=n"})
  void oneDashOrTwoAndAValueAfterEqualsOrASpace(String arguments) throws ConfigException {
    assertThat(values(arguments.split(" ", -1)).text("name")).isEqualTo("n");
  }

  @ParameterizedTest
  @CsvSource({"--managed,true", "-managed,true", "--managed=T,true", "--managed=0,false"})
  void aSwitchNeedsNoValue(String argument, boolean on) throws ConfigException {
    assertThat(values(argument).isTrue("managed")).isEqualTo(on);
  }

  @Test
  void whatFollowsASwitchIsNotItsValue() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> values("--managed", "false"))
        .withMessage("\"false\" is not a flag: see quorate-node --help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--name | --name needs a value: --name=TEXT",
        "--managed=maybe | --managed: \"maybe\" is neither true nor false",
        "--grpc-keepalive-timeout=20 | --grpc-keepalive-timeout: \"20\" is not a duration: write it like 5m, 1h30m or 500ms",
        "--snapshot-count=x | --snapshot-count: \"x\" is not a whole number from 0 up",
        "--max-txn-ops=-1 | --max-txn-ops: \"-1\" is not a whole number from 0 up",
        "--listen-clent-urls=http://1.1.1.1:1 | unknown flag --listen-clent-urls=http://1.1.1.1:1: did you mean --listen-client-urls? See quorate-node --help",
        "--unsafe-no-fsync | --unsafe-no-fsync is refused: acknowledged writes would be lost: leave it out; for tests use a data directory in memory (tmpfs)",
        "--discovery-srv=example.com | --discovery-srv is refused: there is no discovery service: name the members in --initial-cluster, or let the operator form the cluster",
        "-- | \"--\" is not a flag: see quorate-node --help",
        "- | \"-\" is not a flag: see quorate-node --help"
      })
  void whatIsWrongIsSaidInOneLine(String argument, String message) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> values(argument))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--unsafe-no-fsync=false",
        "--force-new-cluster=false",
        "--wal-dir=",
        "--proxy=off"
      })
  void whatIsRefusedMayBeSwitchedOff(String argument) throws ConfigException {
    assertThat(run(Map.of(), argument).warnings()).isEmpty();
  }

  @Test
  void flagsWithoutEffectAreToldInOneLine() throws ConfigException {
    assertThat(run(Map.of("ETCD_MAX_WALS", "7"), "--snapshot-count=10000").warnings())
        .singleElement()
        .asString()
        .isEqualTo(
            "accepted without effect: ETCD_MAX_WALS (RocksDB and our log have no such setting to tune);"
                + " --snapshot-count (RocksDB and our log have no such setting to tune)");
  }

  @Test
  void whatIsAlwaysOnIsToldToWhomSwitchesItOff() throws ConfigException {
    assertThat(run(Map.of(), "--pre-vote", "--strict-reconfig-check=true").warnings()).isEmpty();
    assertThat(run(Map.of(), "--pre-vote=false").warnings())
        .containsExactly(
            "accepted without effect: --pre-vote (always on: no election begins that could not be won)");
  }

  @Test
  void experimentalNamesMeanTheLaterOnes() throws ConfigException {
    var values = run(Map.of("ETCD_EXPERIMENTAL_MAX_LEARNERS", "3")).values();
    assertThat(values.number("max-learners")).isEqualTo(3);
    assertThat(values("--experimental-max-learners=2").number("max-learners")).isEqualTo(2);
  }

  @Test
  void aFlagWinsOverItsVariableAndEmptyVariablesDoNotCount() throws ConfigException {
    var values = run(Map.of("ETCD_NAME", "env", "ETCD_DATA_DIR", ""), "--name=flag").values();
    assertThat(values.text("name")).isEqualTo("flag");
    assertThat(values.has("data-dir")).isFalse();
  }

  @Test
  void aBadVariableIsNamed() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> run(Map.of("ETCD_HEARTBEAT_INTERVAL", "100 # ms")))
        .withMessage("ETCD_HEARTBEAT_INTERVAL: \"100 # ms\" is not a whole number from 0 up");
  }

  @Test
  void helpHasGroupsAndEveryFlag() throws ConfigException {
    var help = ((Request.Help) FlagReader.read(List.of("-h"), Map.of())).text();
    assertThat(help)
        .contains("\nMember:\n", "  --name=TEXT\n      Name of this member. Default: default\n");
    for (FlagGroup group : FlagTable.GROUPS) {
      assertThat(help).contains(group.flags().stream().map(Flag::dashed).toList());
    }
    assertThat(help.lines()).allMatch(line -> line.length() <= 120);
  }

  private static FlagValues values(String... arguments) throws ConfigException {
    return run(Map.of(), arguments).values();
  }

  private static Request.Run run(Map<String, String> environment, String... arguments)
      throws ConfigException {
    return (Request.Run) FlagReader.read(List.of(arguments), environment);
  }
}

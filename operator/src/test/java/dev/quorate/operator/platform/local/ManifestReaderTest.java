package dev.quorate.operator.platform.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.crds.DeletionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
  private static final String HEAD =
      """
      apiVersion: quorate.dev/v1alpha1
      kind: RaftCluster
      metadata: {name: demo}
      """;

  @TempDir private Path directory = Path.of("");

  @Test
  void fillsInDefaults() throws Exception {
    var cluster =
        new ManifestReader()
            .read(file(HEAD + "spec: {storage: {size: 1Gi}, tls: {mode: Disabled}}"));
    var spec = cluster.getSpec();
    assertThat(spec.replicas()).isEqualTo(3);
    assertThat(spec.raft().electionTimeoutMilliseconds()).isEqualTo(1000);
    assertThat(spec.deletionPolicy()).isEqualTo(DeletionPolicy.RETAIN);
    assertThat(cluster.getMetadata().getNamespace()).isEqualTo("default");
  }

  @Test
  void readsTheExample() throws Exception {
    var cluster = new ManifestReader().read(Path.of("..", "examples", "quickstart.yaml"));
    assertThat(cluster.getSpec().replicas()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {replicas: 0, storage: {size: 1Gi}}                     | spec.replicas is 0: must be 1 to 9
          {replicas: many, storage: {size: 1Gi}}                  | spec.replicas is "many": must be a whole number
          {replicas: 3}                                           | spec.storage is missing
          {storage: {}}                                           | spec.storage.size is missing
          {storage: {size: much}}                                 | spec.storage.size is "much": must be a number with a unit, for example 1Gi
          {storage: {size: 2Gi, autogrow: {}}}                    | spec.storage.autogrow.maxSize is missing
          {storage: {size: 2Gi, autogrow: {maxSize: 1Gi}}}        | spec.storage.autogrow.maxSize is 1Gi: must be spec.storage.size or more, here 2Gi
          {storage: {size: 1Gi, autogrow: {maxSize: 2Gi, whenUsedPercent: 99}}} | spec.storage.autogrow.whenUsedPercent is 99: must be 50 to 95
          {storage: {size: 1Gi, autogrow: {maxSize: 2Gi, whenUsedPercent: 81}}} | spec.storage.autogrow.whenUsedPercent is 81: must be a multiple of 5 from 50 to 95
          {storage: {size: 1Gi}, replica: 3}                      | spec.replica is unknown: did you mean replicas?
          {storage: {size: 1Gi}, number: 3}                       | spec.number is unknown; known are
          {storage: {size: 1Gi}, paused: often}                   | spec.paused is "often": must be true or false
          {storage: {size: 1Gi}, deletionPolicy: Burn}            | must be one of Delete, Retain
          {storage: {size: 1Gi}, version: 1}                      | spec.version is 1: must be text; put it in quotes
          {storage: {size: 1Gi}, raft: {heartbeatMilliseconds: 900}} | must be at least 5 times heartbeatMilliseconds, here 4500
          {storage: {size: 1Gi}, version: "1", image: {repository: a, tag: b}} | spec.version and spec.image are both given
          {storage: {size: 1Gi}}                                  | spec.tls.mode is Managed: must be Disabled here
          {storage: {size: 1Gi}, tls: {mode: Provided}}           | spec.tls.client.secretRef is missing
          {storage: {size: 1Gi}, tls: {mode: Plain}}              | must be one of Disabled, Managed, Provided
          {storage: {size: 1Gi}, tls: {peer: {secretRef: {name: a}}}} | are for mode Provided: leave them out
          {storage: [1]}                                          | spec.storage is [1]: must be an object with fields
          """)
  void namesTheFieldAndWhatWouldBeRight(String spec, String complaint) throws IOException {
    var file = file(HEAD + "spec: " + spec);
    assertThatThrownBy(() -> new ManifestReader().read(file))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                              | is no YAML
          hello                                          | must be one RaftCluster
          {apiVersion: v1, kind: Pod, metadata: {name: a}} | kind is "Pod": must be RaftCluster
          {metadata: {name: A_b}}                        | metadata.name is "A_b": must be small letters, digits and dashes
          """)
  void refusesWhatIsNoCluster(String text, String complaint) throws IOException {
    var file = file(text);
    assertThatThrownBy(() -> new ManifestReader().read(file)).hasMessageContaining(complaint);
  }

  @Test
  void tellsInOneLineWhereTheYamlIsBroken() throws IOException {
    var file = file("spec:\n  storage: {size: 1Gi\n  replicas: 3\n");
    assertThatThrownBy(() -> new ManifestReader().read(file))
        .hasMessageContaining("is no YAML: line 3, column ")
        .hasMessageContaining("expected ',' or '}'")
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("^");
  }

  @Test
  void refusesMissingFile() {
    assertThatThrownBy(() -> new ManifestReader().read(directory.resolve("nothing.yaml")))
        .hasMessageContaining("there is no such file");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("cluster.yaml"), text);
  }
}

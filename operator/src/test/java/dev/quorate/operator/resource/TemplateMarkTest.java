package dev.quorate.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only what concerns pods, and only what the user said of it, makes another mark. */
class TemplateMarkTest {
  private static final NodeImages IMAGES = new NodeImages("quorate.dev/node", "0.1.0");
  private static final String PLAIN = "{replicas: 3, storage: {size: 1Gi}}";

  /**
   * If one of these fails, the operator of that build would restart every member of every cluster
   * when it takes over: leave the mark of specs that do not use what is new as it was.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{replicas: 3, storage: {size: 1Gi}} | 26d196e63c4b698e",
        "{replicas: 3, storage: {size: 1Gi}, raft: {electionTimeoutMilliseconds: 2000}, resources: {limits: {memory: 1Gi}}, podTemplate: {metadata: {labels: {a: b}}, env: [{name: A, value: b}]}} | 0957ad464f768419",
        "{replicas: 3, storage: {size: 1Gi}, image: {repository: r, digest: 'sha256:0', pullPolicy: Always}} | e1468298a8ce6680"
      })
  void marksOfSpecsStayForEver(String spec, String mark) {
    assertThat(mark(spec)).isEqualTo(mark);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{replicas: 5, storage: {size: 2Gi}, deletionPolicy: Delete, paused: true, hibernated: true, updates: {canary: false}}",
        "{replicas: 3, storage: {size: 1Gi}, raft: {heartbeatMilliseconds: 100}}",
        "{replicas: 3, storage: {size: 1Gi}, version: 0.1.0}"
      })
  void whatChangesNoPodChangesNoMark(String spec) {
    assertThat(mark(spec)).isEqualTo(mark(PLAIN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{replicas: 3, storage: {size: 1Gi}, version: 0.2.0}",
        "{replicas: 3, storage: {size: 1Gi}, image: {repository: r, tag: '1'}}",
        "{replicas: 3, storage: {size: 1Gi}, raft: {heartbeatMilliseconds: 50}}",
        "{replicas: 3, storage: {size: 1Gi}, resources: {requests: {cpu: 1}}}",
        "{replicas: 3, storage: {size: 1Gi}, podTemplate: {metadata: {annotations: {a: b}}}}",
        "{replicas: 3, storage: {size: 1Gi}, podTemplate: {env: [{name: A, value: b}]}}"
      })
  void whatChangesPodsChangesTheMark(String spec) {
    assertThat(mark(spec)).isNotEqualTo(mark(PLAIN));
  }

  @Test
  void sizesCountByWhatTheyAre() {
    assertThat(mark("{replicas: 3, storage: {size: 1Gi}, resources: {limits: {memory: 1024Mi}}}"))
        .isEqualTo(mark("{replicas: 3, storage: {size: 1Gi}, resources: {limits: {memory: 1Gi}}}"));
  }

  @Test
  void aClusterKeepsItsVersionWhenTheOperatorIsANewerOne() {
    var newer = new NodeImages("elsewhere.example/node", "0.9.0").having("0.1.0");
    assertThat(TemplateMark.wanted(cluster(PLAIN), newer)).isEqualTo(mark(PLAIN));
    assertThat(TemplateMark.wanted(cluster(PLAIN), new NodeImages("quorate.dev/node", "0.9.0")))
        .as("a new cluster gets the newer one")
        .isNotEqualTo(mark(PLAIN));
  }

  private static String mark(String spec) {
    return TemplateMark.wanted(cluster(spec), IMAGES);
  }

  private static RaftCluster cluster(String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo}
        spec: %s
        """
            .formatted(spec),
        RaftCluster.class);
  }
}

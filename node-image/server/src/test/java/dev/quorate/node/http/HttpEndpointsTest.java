package dev.quorate.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.AlarmType;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Paths, bodies and codes, in health and out of it. */
final class HttpEndpointsTest {
  private final FakeHealth source = new FakeHealth();
  private final HttpEndpoints endpoints =
      new HttpEndpoints(
          new HealthEndpoint(source, 1000, _ -> {}),
          () -> "metrics",
          "3.6.0",
          "3.6.0",
          Runnable::run);

  @Test
  void aHealthyMember() {
    assertAnswer("/health", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    assertAnswer("/livez", 200, "ok\n");
    assertAnswer("/livez?verbose", 200, "[+]serializable_read ok\nok\n");
    assertAnswer("/readyz", 200, "ok\n");
    assertAnswer("/readyz/linearizable_read?verbose", 200, "[+]linearizable_read ok\nok\n");
    assertAnswer("/metrics", 200, "metrics");
    assertAnswer(
        "/version",
        200,
        "{\"etcdserver\":\"3.6.0\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}");
  }

  @Test
  void withoutALeaderItLivesAndIsNotReady() {
    source.leader = false;
    source.read = CompletableFuture.failedFuture(new IllegalStateException("no leader"));
    assertAnswer("/livez", 200, "ok\n");
    assertAnswer("/health", 503, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
    assertAnswer("/health?serializable=true", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    assertAnswer(
        "/readyz",
        503,
        """
        [+]serving ok
        [+]data_corruption ok
        [+]serializable_read ok
        [-]linearizable_read failed: no linearizable read: no leader
        [+]non_learner ok
        """);
    assertAnswer("/readyz?exclude=linearizable_read", 200, "ok\n");
  }

  @Test
  void damagedDataLivesAndSaysWhyItIsNotReady() {
    source.notServing = "log/3.wal is damaged at 17";
    assertAnswer("/livez", 200, "ok\n");
    assertThat(answer("GET", "/readyz").body()).contains("serving failed: log/3.wal is damaged");
    assertAnswer(
        "/health",
        503,
        "{\"health\":\"false\",\"reason\":\"NOT SERVING: log/3.wal is damaged at 17\"}\n");
  }

  @Test
  void alarmsMakeItUnhealthyUnlessExcluded() {
    source.alarms = EnumSet.of(AlarmType.NOSPACE);
    assertAnswer("/health", 503, "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n");
    assertAnswer("/health?exclude=NOSPACE", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    assertAnswer("/readyz", 200, "ok\n");
    source.alarms = EnumSet.of(AlarmType.CORRUPT);
    assertAnswer(
        "/readyz/data_corruption", 503, "[-]data_corruption failed: alarm activated: CORRUPT\n");
  }

  @Test
  void loopsThatDoNotTurnAreNoLife() {
    source.loopsTurn = false;
    assertThat(answer("GET", "/livez").status()).isEqualTo(503);
  }

  @Test
  void aLearnerIsNotReady() {
    source.learner = true;
    assertThat(answer("GET", "/readyz").body()).contains("[-]non_learner failed");
  }

  @Test
  void otherMethodsAndPaths() {
    assertThat(answer("POST", "/health").status()).isEqualTo(405);
    assertThat(answer("HEAD", "/metrics").status()).isEqualTo(405);
    assertThat(answer("GET", "/readyz/nothing").status()).isEqualTo(404);
    assertThat(answer("GET", "/").status()).isEqualTo(404);
  }

  private void assertAnswer(String uri, int status, String body) {
    var answer = answer("GET", uri);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.status()).isEqualTo(status);
  }

  private HttpAnswer answer(String method, String uri) {
    return endpoints.handle(method, uri).join();
  }
}

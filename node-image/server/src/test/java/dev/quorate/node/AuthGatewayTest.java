package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.Permission;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users of the JSON gateway, who show their tokens in the header Authorization. */
@Timeout(120)
final class AuthGatewayTest {
  private static final String KEY_A = "\"key\":\"YQ==\"";
  private static final String KEY_B = "\"key\":\"Yg==\"";

  @TempDir Path directory;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private SecuredCluster cluster;
  private String alice;

  @BeforeEach
  void start() throws Exception {
    cluster = new SecuredCluster(directory, 1);
    cluster.permit(Permission.Type.READWRITE, "a", "");
    alice = logIn("alice", "a");
  }

  @AfterEach
  void stop() {
    http.close();
    cluster.close();
  }

  @Test
  void aTokenComesAloneOrAsBearer() throws Exception {
    assertThat(post("/v3/kv/put", "{" + KEY_A + "}", alice).statusCode()).isEqualTo(200);
    assertThat(post("/v3/kv/range", "{" + KEY_A + "}", "Bearer " + alice).body())
        .contains("\"count\":\"1\"");
    assertRefused(403, "permission denied", post("/v3/kv/put", "{" + KEY_B + "}", alice));
    assertRefused(403, "permission denied", post("/v3/kv/range", "{" + KEY_B + "}", alice));
    assertRefused(401, "invalid auth token", post("/v3/kv/range", "{" + KEY_A + "}", "x"));
  }

  @Test
  void strangersGetNothing() throws Exception {
    for (String path :
        new String[] {
          "/v3/kv/range",
          "/v3/kv/put",
          "/v3/kv/deleterange",
          "/v3/lease/grant",
          "/v3/lease/keepalive",
          "/v3/lease/leases",
          "/v3/maintenance/status",
          "/v3/maintenance/alarm",
          "/v3/maintenance/snapshot",
          "/v3/cluster/member/list",
          "/v3/auth/user/list",
          "/v3/auth/disable"
        }) {
      String body = path.startsWith("/v3/kv") ? "{" + KEY_A + "}" : "{}";
      assertRefused(400, "user name is empty", post(path, body));
    }
    assertThat(post("/v3/auth/status", "{}").statusCode()).isEqualTo(200);
  }

  @Test
  void streamsAreDecidedByTheTokenToo() throws Exception {
    assertThat(firstLine("{\"create_request\":{" + KEY_A + "}}", alice))
        .contains("\"created\":true")
        .doesNotContain("canceled");
    assertThat(firstLine("{\"create_request\":{" + KEY_B + "}}", alice))
        .contains("etcdserver: permission denied");
    assertThat(firstLine("{\"create_request\":{" + KEY_A + "}}"))
        .contains("etcdserver: user name is empty");
  }

  private String logIn(String user, String password) throws IOException, InterruptedException {
    return post(
            "/v3/auth/authenticate",
            "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(user, password))
        .body()
        .replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
  }

  private HttpResponse<String> post(String path, String body, String... token)
      throws IOException, InterruptedException {
    return http.send(request(path, body, token), HttpResponse.BodyHandlers.ofString());
  }

  private String firstLine(String watch, String... token) throws Exception {
    HttpResponse<Stream<String>> answer =
        http.send(request("/v3/watch", watch, token), HttpResponse.BodyHandlers.ofLines());
    try (var lines = answer.body()) {
      return lines.findFirst().orElseThrow();
    }
  }

  private HttpRequest request(String path, String body, String... token) {
    var request =
        HttpRequest.newBuilder(URI.create(cluster.node(0).clientUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (String one : token) {
      request.header("Authorization", one);
    }
    return request.build();
  }

  private static void assertRefused(int status, String text, HttpResponse<String> answer) {
    assertThat(answer.body()).contains("etcdserver: " + text);
    assertThat(answer.statusCode()).isEqualTo(status);
  }
}

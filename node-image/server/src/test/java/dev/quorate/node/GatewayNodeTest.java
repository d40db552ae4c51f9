package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.MemberListRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JSON gateway of a whole node: every family of calls, as a client with nothing but HTTP. */
final class GatewayNodeTest {
  @TempDir private Path directory;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode("sole", directory.resolve("sole"));
    node.start("--initial-cluster=sole=" + node.peerUrl());
    // The first write of a node waits for its election.
    var _ = node.cluster().memberList(MemberListRequest.getDefaultInstance());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void putsAndReads() throws IOException, InterruptedException {
    var put = node.post("/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}");
    assertThat(put.body())
        .matches(
            "\\{\"header\":\\{\"cluster_id\":\"\\d+\",\"member_id\":\"\\d+\",\"revision\":\"2\",\"raft_term\":\"\\d+\"}}");
    assertThat(put.statusCode()).isEqualTo(200);
    assertThat(put.headers().firstValue("content-type")).contains("application/json");
    assertThat(put.headers().firstValue("access-control-allow-origin")).contains("*");

    var range = node.post("/v3beta/kv/range", "{\"key\":\"Zm9v\"}");
    assertThat(range.statusCode()).isEqualTo(200);
    assertThat(range.body())
        .endsWith(
            ",\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                + "\"version\":\"1\",\"value\":\"YmFy\"}],\"count\":\"1\"}");
  }

  @Test
  void saysWhatIsWrong() throws IOException, InterruptedException {
    var noKey = node.post("/v3/kv/range", "");
    assertThat(noKey.statusCode()).isEqualTo(400);
    assertThat(noKey.body())
        .isEqualTo(
            "{\"error\":\"etcdserver: key is not provided\",\"code\":3,"
                + "\"message\":\"etcdserver: key is not provided\"}");
    var get = node.get("/v3/kv/range");
    assertThat(get.statusCode()).isEqualTo(501);
    assertThat(get.body()).contains("\"code\":12,\"message\":\"Method Not Allowed\"");
    var unknown = node.post("/v3/kv/rangestream", "{}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("\"code\":5,\"message\":\"Not Found\"");
  }

  @Test
  void countsCallsLikeThoseOfGrpc() throws IOException, InterruptedException {
    var _ = node.post("/v3/kv/put", "{\"key\":\"Zm9v\"}");
    assertThat(node.get("/metrics").body())
        .contains(
            "grpc_server_handled_total{grpc_type=\"unary\",grpc_service=\"etcdserverpb.KV\","
                + "grpc_method=\"Put\",grpc_code=\"OK\",} 1.0");
  }
}

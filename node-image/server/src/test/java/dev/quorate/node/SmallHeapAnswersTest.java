package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node process with a small heap, and answers and clients that would take more of it. */
@Timeout(180)
final class SmallHeapAnswersTest {
  private static final ByteString MEBIBYTE = ByteString.copyFrom(new byte[1 << 20]);

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start(directory);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    node.close();
  }

  private void putLarge(int number) {
    for (int i = 0; i < number; i++) {
      node.put("large/" + (100 + i), MEBIBYTE);
    }
  }

  private static RangeRequest.Builder allLarge() {
    return RangeRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8("large/"))
        .setRangeEnd(ByteString.copyFromUtf8("large0"));
  }

  @Test
  void theFirstOfManyIsFoundWithoutKeepingThem() throws Exception {
    putLarge(300);
    var leader =
        ElectionGrpc.newBlockingStub(node.channel())
            .leader(LeaderRequest.newBuilder().setName(ByteString.copyFromUtf8("large")).build());
    assertThat(leader.getKv().getKey().toStringUtf8()).isEqualTo("large/100");
    var newest =
        allLarge().setSortTarget(SortTarget.MOD).setSortOrder(SortOrder.DESCEND).setLimit(1);
    assertThat(node.kv().range(newest.build()).getKvs(0).getKey().toStringUtf8())
        .isEqualTo("large/399");
    node.assertServes();
  }

  @Test
  void answersAsTextTakeMoreRoom() throws Exception {
    putLarge(57);
    assertThat(post(allLarge().build()).join().statusCode()).isEqualTo(400);
    var some = allLarge().setLimit(8).build();
    assertThat(post(some).join().statusCode()).isEqualTo(200);
    var many = new ArrayList<CompletableFuture<HttpResponse<Void>>>();
    for (int i = 0; i < 40; i++) {
      many.add(post(some));
    }
    var codes = many.stream().map(answer -> answer.join().statusCode()).toList();
    assertThat(codes).contains(200).containsOnly(200, 429);
    node.assertServes();
    assertThat(post(some).join().statusCode()).as("all of it was given back").isEqualTo(200);
  }

  private CompletableFuture<HttpResponse<Void>> post(RangeRequest request)
      throws InvalidProtocolBufferException {
    var body = HttpRequest.BodyPublishers.ofString(JsonFormat.printer().print(request));
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(node.clientUrl() + "/v3/kv/range")).POST(body).build(),
        HttpResponse.BodyHandlers.discarding());
  }
}

package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import java.io.IOException;
import java.nio.file.Path;
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
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start(directory);
  }

  @AfterEach
  void stop() {
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
}

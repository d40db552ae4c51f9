package dev.quorate.node.kv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The keys of a lease, a few at a time. */
final class LeaseTableTest {
  private final MemoryStateStorage storage = new MemoryStateStorage();

  @Test
  void piecesMakeTheWhole() {
    try (var batch = storage.batch()) {
      for (int number = 0; number <= 5; number++) {
        if (number > 0) {
          var key = ByteString.copyFromUtf8("key".repeat(number));
          LeaseTable.move(batch, key.toByteArray(), 0, 7);
          LeaseTable.move(batch, ("other" + number).getBytes(UTF_8), 0, 8);
        }
        for (int pieceKeys = 1; pieceKeys <= 7; pieceKeys++) {
          var keys = new ArrayList<ByteString>();
          LeaseTable.keysInPieces(batch, 7, pieceKeys).forEach(keys::add);
          assertThat(keys).hasSize(number).isEqualTo(LeaseTable.keys(batch, 7));
        }
      }
    }
  }
}

package dev.quorate.node.kv;

import static dev.quorate.node.storage.StateStorage.START_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class KeyVersionTest {
  private static final ByteString VALUE = ByteString.copyFromUtf8("v".repeat(100));
  private static final byte[] USUAL =
      KeyVersion.latestRow(
          1L << 30, new Revision(1L << 34, 3), 1 << 20, 0x7fffffffffffffffL, VALUE);
  private static final byte[] LARGEST =
      KeyVersion.latestRow(
          Long.MAX_VALUE, new Revision(Long.MAX_VALUE, Integer.MAX_VALUE), 1L << 40, -1, VALUE);

  @Test
  void theStartOfARowHasItsNumbers() {
    byte[] start = Arrays.copyOf(USUAL, START_BYTES);
    assertThat(KeyVersion.hasNumbers(start)).isTrue();
    var version = KeyVersion.ofLatestStart(start);
    assertThat(version.create).isEqualTo(1L << 30);
    assertThat(version.mod).isEqualTo(new Revision(1L << 34, 3));
    assertThat(version.version).isEqualTo(1 << 20);
    assertThat(version.lease).isEqualTo(Long.MAX_VALUE);
    assertThat(version.tombstone).isFalse();
    assertThatThrownBy(version::value).hasMessageContaining("was not read");
  }

  @Test
  void aTombstoneIsKnownByItsStart() {
    byte[] row = KeyVersion.latestTombstone(new Revision(7, 0));
    assertThat(KeyVersion.hasNumbers(row)).isTrue();
    assertThat(KeyVersion.ofLatestStart(row).tombstone).isTrue();
  }

  @Test
  void numbersThatDoNotFitIntoTheStartAreReadFromTheWholeRow() {
    assertThat(KeyVersion.hasNumbers(Arrays.copyOf(LARGEST, START_BYTES))).isFalse();
    byte[] key = {1};
    try (var storage = new MemoryStateStorage();
        var batch = storage.batch()) {
      batch.put(Table.LATEST, key, LARGEST);
      batch.commit();
      var version = Objects.requireNonNull(new RangeReader(batch, 1, 0).latestNumbers(key));
      assertThat(version.mod).isEqualTo(new Revision(Long.MAX_VALUE, Integer.MAX_VALUE));
      assertThat(version.lease).isEqualTo(-1);
      assertThat(version.value()).isEqualTo(VALUE);
    }
  }
}

package dev.quorate.node.storage.rocksdb;

import static dev.quorate.node.storage.StateStorageContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowRingTest {
  private static final int SIZE_BYTES = 1 << 16;

  private final RowRing rows = new RowRing(SIZE_BYTES, 64);

  @Test
  void whatFitsIsAllThere() {
    for (int round = 0; round < 1000; round++) {
      for (int i = 0; i < 100; i++) {
        rows.put(bytes("key" + i), bytes("row" + i + " of round " + round));
      }
    }
    for (int i = 0; i < 100; i++) {
      assertThat(rows.find(bytes("key" + i))).isEqualTo(bytes("row" + i + " of round 999"));
    }
  }

  @Test
  void theOldestMakeRoomForNewOnes() {
    for (int i = 0; i < 10_000; i++) {
      rows.put(bytes("key" + i), new byte[100]);
    }
    assertThat(rows.find(bytes("key9999"))).isEqualTo(new byte[100]);
    assertThat(rows.find(bytes("key0"))).isNull();
  }

  @Test
  void aRowThatGrewIsFoundAtItsNewPlace() {
    for (int length = 0; length < 1000; length++) {
      rows.put(bytes("key"), filled(length, length));
      assertThat(rows.find(bytes("key"))).isEqualTo(filled(length, length));
    }
  }

  @Test
  void aRowThatGrewTooLargeIsNotFoundAsItWas() {
    rows.put(bytes("key"), bytes("small"));
    rows.put(bytes("key"), new byte[SIZE_BYTES / 2]);
    assertThat(rows.find(bytes("key"))).isNull();
  }

  @Test
  void onlyWhatIsThereIsUpdated() {
    rows.update(bytes("key"), bytes("never put"));
    assertThat(rows.find(bytes("key"))).isNull();
    rows.put(bytes("key"), bytes("row"));
    rows.update(bytes("key"), bytes("changed"));
    assertThat(rows.find(bytes("key"))).isEqualTo(bytes("changed"));
  }

  @Test
  void aForgottenRowIsNotFound() {
    rows.put(bytes("key"), bytes("row"));
    rows.forget(bytes("key"));
    rows.forget(bytes("another"));
    assertThat(rows.find(bytes("key"))).isNull();
  }

  @Test
  void anEmptyRowIsARow() {
    rows.put(bytes(""), bytes(""));
    assertThat(rows.find(bytes(""))).isEqualTo(bytes(""));
  }

  /** Few keys of all lengths in a small ring, so that it circles often. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsFoundIsWhatWasPutLast(long seed) {
    var random = new SplittableRandom(seed);
    Map<String, byte[]> model = new HashMap<>();
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      var key = "key".repeat(random.nextInt(4)) + random.nextInt(200);
      switch (random.nextInt(10)) {
        case 0 -> {
          rows.forget(bytes(key));
          model.remove(key);
        }
        case 1, 2, 3 -> {
          byte[] row = filled(random.nextInt(random.nextInt(1, 1500)), i);
          rows.put(bytes(key), row);
          model.put(key, row);
        }
        default -> {
          byte[] row = rows.find(bytes(key));
          if (row != null) {
            assertThat(row).isEqualTo(model.get(key));
            found++;
          }
        }
      }
    }
    assertThat(found).isGreaterThan(10_000);
  }

  private static byte[] filled(int length, int with) {
    var row = new byte[length];
    Arrays.fill(row, (byte) with);
    return row;
  }
}

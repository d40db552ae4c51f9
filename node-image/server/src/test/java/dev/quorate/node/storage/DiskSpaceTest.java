package dev.quorate.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiskSpaceTest {
  @ParameterizedTest
  @CsvSource({
    // total and free MiB, what is reserved, whether that is short, and whether it is ample
    "102400, 256, 256, false, false",
    "102400, 255, 256, true, false",
    "102400, 384, 256, false, true",
    "1000, 199, 200, true, false",
    "1000, 200, 200, false, false",
    "1000, 300, 200, false, true",
    "100, 0, 20, true, false",
  })
  void reservesAPart(long total, long free, long reserved, boolean isShort, boolean isAmple) {
    var space = new DiskSpace(free << 20, total << 20);
    assertThat(space.reservedBytes()).isEqualTo(reserved << 20);
    assertThat(space.isShort()).isEqualTo(isShort);
    assertThat(space.isAmple()).isEqualTo(isAmple);
  }

  @ParameterizedTest
  @CsvSource({"100, 100, 0", "100, 0, 100", "1000, 200, 80", "1000, 201, 79", "8388608000, 1, 99"})
  void tellsHowMuchIsUsed(long total, long free, int percent) {
    assertThat(new DiskSpace(free << 20, total << 20).usedPercent()).isEqualTo(percent);
  }

  @Test
  void measuresTheDiskOfADirectory(@TempDir Path directory) throws IOException {
    var space = DiskSpace.of(directory);
    assertThat(space.totalBytes()).isPositive();
    assertThat(space.freeBytes()).isBetween(0L, space.totalBytes());
    assertThatIOException()
        .isThrownBy(() -> DiskSpace.of(directory.resolve("nowhere")))
        .withMessageContaining("nowhere");
  }
}

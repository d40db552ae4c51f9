package dev.quorate.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes that a status tells are told again only when they are other ones. */
class RoundedBytesTest {
  @ParameterizedTest
  @CsvSource({
    // KiB, what was told before in KiB, and what is told
    "1, , 1024",
    "1024, , 1024",
    "1025, , 1280",
    "1280, , 1280",
    "1281, , 1536",
    "1793, , 2048",
    "2049, , 2560",
    "9000, , 10240",
    "10240, , 10240",
    "10241, 10240, 12288",
    "10240, 12288, 12288",
    "8193, 12288, 12288",
    "8193, 10240, 10240",
    "8192, 12288, 8192",
    "8192, 10240, 10240",
    "7169, 8192, 8192",
    "7000, 8192, 8192",
    "6144, 8192, 6144",
    "1, 1280, 1280",
    "1, 1536, 1024"
  })
  void staysAsToldUntilItIsAnotherSize(long size, @Nullable Long before, long told) {
    assertThat(RoundedBytes.told(size << 10, before == null ? null : before << 10))
        .isEqualTo(told << 10);
  }

  @ParameterizedTest
  @CsvSource({"1048576, 1Mi", "10485760, 10Mi", "1073741824, 1Gi", "1342177280, 1280Mi"})
  void areTexts(long bytes, String text) {
    assertThat(RoundedBytes.text(bytes)).isEqualTo(text);
  }
}

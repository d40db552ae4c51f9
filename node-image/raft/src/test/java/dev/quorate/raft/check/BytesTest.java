package dev.quorate.raft.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void areEqualByTheirContent() {
    var bytes = Bytes.of(new byte[] {1, 2});

    assertThat(bytes).isEqualTo(Bytes.of(new byte[] {1, 2}));
    assertThat(bytes).hasSameHashCodeAs(Bytes.of(new byte[] {1, 2}));
    assertThat(bytes).isNotEqualTo(Bytes.of(new byte[] {1, 3}));
    assertThat(bytes.hashCode()).isNotEqualTo(Bytes.of(new byte[] {1, 3}).hashCode());
    assertThat(bytes.equals(null)).isFalse();
  }

  @Test
  void sayTheirSizeAndNotTheirContent() {
    assertThat(Bytes.of(new byte[] {1, 2})).hasToString("Bytes[2]");
    assertThat(Bytes.of(new byte[0])).isSameAs(Bytes.EMPTY);
  }
}

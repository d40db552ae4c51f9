package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.DiskSpace;
import org.junit.jupiter.api.Test;

/** In which steps a node tells how much of its disk is used. */
final class UsedPercentTest {
  private final UsedPercent used = new UsedPercent();

  @Test
  void goesUpAtOnceAndDownWithPatience() {
    assertThat(told(71, 100)).isEqualTo(70);
    assertThat(told(74, 100)).isEqualTo(70);
    assertThat(told(75, 100)).isEqualTo(75);
    assertThat(told(74, 100)).as("to and fro").isEqualTo(75);
    assertThat(told(75, 100)).isEqualTo(75);
    assertThat(told(70, 100)).isEqualTo(75);
    assertThat(told(69, 100)).isEqualTo(65);
    assertThat(told(100, 100)).isEqualTo(100);
    assertThat(told(0, 100)).isEqualTo(0);
  }

  @Test
  void beginsAnewOnADiskOfAnotherSize() {
    assertThat(told(80, 100)).isEqualTo(80);
    assertThat(told(83, 110)).as("a small step up").isEqualTo(75);
    assertThat(told(82, 112)).as("as good as the same size").isEqualTo(75);
    assertThat(told(78, 111)).as("to and fro").isEqualTo(75);
  }

  private int told(long usedMebibytes, long total) {
    return used.of(new DiskSpace((total - usedMebibytes) << 20, total << 20));
  }
}

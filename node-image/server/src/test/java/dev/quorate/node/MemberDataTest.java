package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberDataTest {
  @ParameterizedTest
  @CsvSource({"256, 32", "1024, 64", "2048, 128", "65536, 128"})
  void theStateTakesASmallPartOfTheMemory(long machineMebibytes, long stateMebibytes) {
    assertThat(MemberData.stateMemoryBytes(machineMebibytes << 20)).isEqualTo(stateMebibytes << 20);
  }
}

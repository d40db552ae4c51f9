package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ActionTest {
  @Test
  void tellsIdentitiesInHexadecimal() {
    assertThat(new Action.JoinMember("demo-1", -1, 0xabcL, List.of("http://a:1")).told())
        .isEqualTo(
            "JoinMember demo-1 as 0000000000000abc in cluster ffffffffffffffff at [http://a:1]");
    assertThat(new Action.RemoveMember("demo-1", Long.MIN_VALUE).told())
        .isEqualTo("RemoveMember demo-1 (8000000000000000)");
    assertThat(new Action.CreateMember("demo-1", null).told()).isEqualTo("CreateMember demo-1");
  }
}

package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.check.Invariants.InvariantViolation;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadyTest {
  @Test
  void saysWhetherAnythingMustBecomeDurable() {
    assertThat(ready(null, null, List.of()).mustAppend()).isFalse();
    assertThat(ready(HardState.INITIAL, null, List.of()).mustAppend()).isTrue();
    assertThat(ready(null, Snapshot.NONE, List.of()).mustAppend()).isTrue();
    assertThat(ready(null, null, List.of(Fixture.entry(1, 1))).mustAppend()).isTrue();
  }

  @Test
  void nothingNewIsAlwaysTheSame() {
    var node = Fixture.follower(1, 1);
    assertThat(node.ready()).isEqualTo(ready(null, null, List.of()));
    assertThat(node.ready()).isSameAs(node.ready());
  }

  @Test
  void nobodyHasTheIdThatMeansNobody() {
    var config = RaftConfig.of(0, 2, 10, 1000);
    assertThatThrownBy(() -> new RaftNode(config, RestoredState.EMPTY, () -> 0L, RaftTrace.NONE))
        .isInstanceOf(InvariantViolation.class);
  }

  private static Ready ready(
      @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries) {
    return new Ready(
        hardState, snapshot, entries, List.of(), List.of(), List.of(), List.of(), List.of());
  }
}

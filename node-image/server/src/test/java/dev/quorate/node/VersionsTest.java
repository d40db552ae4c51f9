package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.kv.StoreFormat;
import org.junit.jupiter.api.Test;

/** What a node tells of itself, so that nobody brings it back to what cannot read its data. */
final class VersionsTest {
  @Test
  void tellsSinceWhenItsDataCanBeRead() {
    var told = NodeStatusReport.of(new NodeLife().now(), "one").build();
    assertThat(told.getDataReadableFrom()).isEqualTo("0.1.0");
    assertThat(told.getVersion()).startsWith("0.");
    assertThat(StoreFormat.VERSION)
        .as("with another format Versions.DATA_READABLE_FROM is the version that brought it")
        .isEqualTo(1);
  }
}

package dev.quorate.node.storage.memory;

import static dev.quorate.node.storage.StateStorageContract.bytes;
import static dev.quorate.node.storage.StateStorageContract.commit;
import static dev.quorate.node.storage.StateStorageContract.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.StateStorageContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemoryStateStorageTest implements StateStorageContract {
  @Override
  public StateStorage open() {
    return new MemoryStateStorage();
  }

  @Override
  public StateStorage openCheckpoint(Path directory) throws IOException {
    return MemoryStateStorage.open(directory);
  }

  @Test
  void crashLosesWhatWasNotFlushed() {
    var state = new MemoryStateStorage();
    commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("1")));
    state.flush();
    commit(state, batch -> batch.put(Table.LATEST, bytes("b"), bytes("2")));
    try (var view = state.crashed().view()) {
      assertThat(rows(view, "", null)).containsExactly("a=1");
    }
  }
}

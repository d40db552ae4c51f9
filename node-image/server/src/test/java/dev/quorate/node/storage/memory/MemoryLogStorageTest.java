package dev.quorate.node.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.LogStorageContract;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MemoryLogStorageTest implements LogStorageContract {
  @Override
  public LogStorage create() {
    return new MemoryLogStorage();
  }

  @Override
  public LogStorage reopen(LogStorage log) throws IOException {
    log.close();
    return ((MemoryLogStorage) log).crashed();
  }

  @Test
  void crashLosesWhatWasNotSynced() throws IOException {
    var log = new MemoryLogStorage();
    log.append(null, null, LogStorageContract.entries(1, 1, 2));
    log.sync();
    log.append(null, null, LogStorageContract.entries(1, 3, 4));
    assertThat(log.crashed().restored().entries()).isEqualTo(LogStorageContract.entries(1, 1, 2));
  }
}

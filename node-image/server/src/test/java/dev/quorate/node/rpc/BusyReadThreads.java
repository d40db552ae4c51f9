package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.CountDownLatch;

/** All threads for reads taken, and all places to wait for one, until this is closed. */
final class BusyReadThreads implements AutoCloseable {
  private final CountDownLatch goOn = new CountDownLatch(1);

  BusyReadThreads(ReadThreads readThreads, KvLimits limits) throws InterruptedException {
    var busy = new CountDownLatch(limits.readThreads());
    Runnable waits =
        () -> {
          busy.countDown();
          Uninterruptibles.awaitUninterruptibly(goOn);
        };
    for (int i = 0; i < limits.readThreads(); i++) {
      assertThat(readThreads.execute(waits)).isTrue();
    }
    busy.await();
    boolean room = true;
    while (room) {
      room = readThreads.execute(waits);
    }
  }

  @Override
  public void close() {
    goOn.countDown();
  }
}

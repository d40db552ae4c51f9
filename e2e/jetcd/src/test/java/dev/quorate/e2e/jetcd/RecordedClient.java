package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.text;

import dev.quorate.e2e.machine.ServerProcess;
import dev.quorate.simulator.LinearizabilityChecker;
import dev.quorate.simulator.LinearizabilityChecker.Operation;
import dev.quorate.simulator.LinearizabilityChecker.Read;
import dev.quorate.simulator.LinearizabilityChecker.Write;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One client that writes and reads in turn, one call after the other, and records what it saw. */
final class RecordedClient implements AutoCloseable {
  private static final int KEYS = 3;
  private static final long LIMIT_SECONDS = 5;

  private final String name;
  private final Client client;
  private final KV kv;
  private final Queue<Operation> history;
  private final AtomicBoolean done = new AtomicBoolean();
  private final Thread thread;

  RecordedClient(String name, List<ServerProcess> members, Queue<Operation> history) {
    this.name = name;
    this.client = Jetcd.builder(members).build();
    this.kv = client.getKVClient();
    this.history = history;
    this.thread = Thread.ofVirtual().name(name).start(this::work);
  }

  private void work() {
    for (int step = 0; !done.get(); step++) {
      String key = "history/" + step / 2 % KEYS;
      if (step % 2 == 0) {
        write(key, name + " " + step);
      } else {
        read(key);
      }
    }
  }

  private void write(String key, String value) {
    long invoked = System.nanoTime();
    try {
      var answer = kv.put(bytes(key), bytes(value)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      long revision = answer.getHeader().getRevision();
      history.add(new Write(key, value, invoked, System.nanoTime(), revision));
    } catch (ExecutionException | TimeoutException | InterruptedException _) {
      // It may have taken effect, or may yet.
      history.add(new Write(key, value, invoked, LinearizabilityChecker.NEVER, 0));
    }
  }

  private void read(String key) {
    long invoked = System.nanoTime();
    try {
      var answer = kv.get(bytes(key)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      @Nullable KeyValue found = answer.getKvs().isEmpty() ? null : answer.getKvs().getFirst();
      history.add(
          new Read(
              key,
              found == null ? null : text(found.getValue()),
              found == null ? 0 : found.getModRevision(),
              invoked,
              System.nanoTime(),
              answer.getHeader().getRevision()));
    } catch (ExecutionException | TimeoutException | InterruptedException _) {
      // A read that was not answered says nothing.
    }
  }

  /** Finishes the call that is under way. */
  @Override
  public void close() {
    done.set(true);
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}

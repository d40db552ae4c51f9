package dev.quorate.e2e.client;

import dev.quorate.api.etcd.TxnResponse;
import java.util.Map;

/** The only one who counts; notices when somebody forgot or repeated a step. */
final class CounterWriter implements Task {
  private final Connection connection;
  private final History history;
  private long next = 1;

  CounterWriter(Connection connection, History history) {
    this.connection = connection;
    this.history = history;
  }

  @Override
  public boolean attempt() {
    TxnResponse response = connection.txn(Counter.countTo(next));
    if (response == null) {
      return false;
    }
    if (!response.getSucceeded()) {
      // Right only if an earlier attempt of the same step, which had no answer, took effect.
      var found = response.getResponses(0).getResponseRange().getKvsList();
      long value = found.isEmpty() ? 0 : Counter.decode(found.getFirst().getValue());
      if (value != next) {
        history.violation(
            "counter is %d at revision %d, but %d was acknowledged and %d is being written"
                .formatted(value, response.getHeader().getRevision(), next - 1, next));
        return false;
      }
    }
    history.acknowledgeCounter(next);
    next++;
    return true;
  }

  @Override
  public Map<String, Integer> failures() {
    return connection.failures();
  }

  @Override
  public RequestTally tally() {
    return connection.tally();
  }

  @Override
  public void close() {
    connection.close();
  }
}

package dev.quorate.e2e.client;

import dev.quorate.api.etcd.RangeResponse;
import java.util.Map;

/**
 * Reads the counter, linearizably, and expects never less than what it saw before, nor less than
 * what was acknowledged when the read began, nor an older revision.
 */
final class CounterReader implements Task {
  private final Connection connection;
  private final History history;
  private long lastValue;
  private long lastRevision;

  CounterReader(Connection connection, History history) {
    this.connection = connection;
    this.history = history;
  }

  @Override
  public boolean attempt() {
    long acknowledged = history.counter();
    RangeResponse response = connection.range(Counter.read());
    if (response == null) {
      return false;
    }
    history.countRead();
    var found = response.getKvsList();
    long value = found.isEmpty() ? 0 : Counter.decode(found.getFirst().getValue());
    long revision = response.getHeader().getRevision();
    if (value < acknowledged || value < lastValue || revision < lastRevision) {
      history.violation(
          "read counter %d at revision %d from member %x, but %d was acknowledged before, and %d at revision %d was read before"
              .formatted(
                  value,
                  revision,
                  response.getHeader().getMemberId(),
                  acknowledged,
                  lastValue,
                  lastRevision));
    }
    lastValue = Math.max(lastValue, value);
    lastRevision = Math.max(lastRevision, revision);
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

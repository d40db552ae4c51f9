package dev.quorate.e2e.client;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.PutRequest;
import java.util.Map;

/**
 * Writes one key after the other, each once. A write whose outcome is unknown is repeated with the
 * same value, so it does not matter if both take effect.
 */
final class UniqueKeyWriter implements Task {
  static final String PREFIX = "unique/";

  private final String name;
  private final Connection connection;
  private final History history;
  private long number;

  UniqueKeyWriter(String name, Connection connection, History history) {
    this.name = name;
    this.connection = connection;
    this.history = history;
  }

  @Override
  public boolean attempt() {
    String key = "%s%s/%08d".formatted(PREFIX, name, number);
    String value = "value of " + key;
    var response =
        connection.put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build());
    if (response == null) {
      return false;
    }
    history.acknowledge(key, value, response.getHeader().getRevision());
    number++;
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

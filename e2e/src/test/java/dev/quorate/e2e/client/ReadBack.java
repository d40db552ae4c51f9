package dev.quorate.e2e.client;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads all unique keys at the end, page by page, and compares them with what was acknowledged. */
final class ReadBack {
  private static final int PAGE = 1000;

  private final Connection connection;
  private final History history;
  private final Map<String, History.Promise> missing;
  private ByteString from = ByteString.copyFromUtf8(UniqueKeyWriter.PREFIX);
  private boolean done;

  ReadBack(Connection connection, History history) {
    this.connection = connection;
    this.history = history;
    this.missing = history.acknowledged();
  }

  /**
   * Reads the next page, or the same again after a failure; true when all were read and compared.
   */
  boolean attempt() {
    RangeResponse page = readPage();
    if (page == null) {
      return false;
    }
    page.getKvsList().forEach(this::compare);
    if (page.getMore()) {
      ByteString last = page.getKvs(page.getKvsCount() - 1).getKey();
      from = last.concat(ByteString.copyFrom(new byte[1]));
      return false;
    }
    if (!done) {
      done = true;
      missing.forEach(
          (key, promise) -> history.violation("acknowledged but lost: " + key + " " + promise));
    }
    return true;
  }

  private @Nullable RangeResponse readPage() {
    String end = UniqueKeyWriter.PREFIX.substring(0, UniqueKeyWriter.PREFIX.length() - 1) + "0";
    return connection.range(
        RangeRequest.newBuilder()
            .setKey(from)
            .setRangeEnd(ByteString.copyFromUtf8(end))
            .setLimit(PAGE)
            .build());
  }

  private void compare(KeyValue found) {
    History.Promise promise = missing.remove(found.getKey().toStringUtf8());
    // An unanswered last write may be there too, without a promise.
    if (promise != null
        && (!found.getValue().toStringUtf8().equals(promise.value())
            || found.getModRevision() < promise.revision())) {
      history.violation(
          "%s was acknowledged as %s but is \"%s\" at revision %d"
              .formatted(
                  found.getKey().toStringUtf8(),
                  promise,
                  found.getValue().toStringUtf8(),
                  found.getModRevision()));
    }
  }
}

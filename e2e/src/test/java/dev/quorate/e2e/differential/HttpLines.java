package dev.quorate.e2e.differential;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A stream of answers over HTTP, read as it comes. */
final class HttpLines implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final LinkedBlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
  private final Thread reader;

  HttpLines(String path, Supplier<Iterator<String>> connection) {
    reader =
        Thread.startVirtualThread(
            () -> {
              try {
                var incoming = connection.get();
                while (incoming.hasNext()) {
                  lines.add(HttpOutcome.line(path, incoming.next()));
                }
              } catch (UncheckedIOException _) {
                // The connection has ended; what is missing then is missed by who waits for it.
              }
            });
  }

  /** The next of them; fewer if they do not come in time. */
  List<JsonNode> next(int count) throws InterruptedException {
    var next = new ArrayList<JsonNode>();
    for (int i = 0; i < count; i++) {
      JsonNode line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        break;
      }
      next.add(line);
    }
    return next;
  }

  /** Stops reading, and tells the server with it. */
  @Override
  public void close() {
    reader.interrupt();
  }
}

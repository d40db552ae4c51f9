package dev.quorate.operator.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the operator asked of the API server, as that one wrote it down. */
record AuditLog(Path file) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where the log ends now. */
  long end() throws IOException {
    return Files.size(file);
  }

  /** The calls that were answered between two ends; a watch counts when it begins. */
  ApiCalls calls(long from, long to) throws IOException {
    var calls = new ApiCalls();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(from);
      var reader =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      long read = from;
      for (var line = reader.readLine(); line != null && read < to; line = reader.readLine()) {
        read += line.getBytes(StandardCharsets.UTF_8).length + 1;
        count(JSON.readTree(line), calls);
      }
    }
    return calls;
  }

  private static void count(JsonNode entry, ApiCalls calls) {
    var verb = entry.path("verb").asText();
    boolean isWatch = verb.equals("watch");
    if (isWatch != entry.path("stage").asText().equals("ResponseStarted")) {
      return;
    }
    var object = entry.path("objectRef");
    var resource = object.path("resource").asText(entry.path("requestURI").asText());
    var part = object.path("subresource").asText();
    calls.add(verb, part.isEmpty() ? resource : resource + "/" + part);
  }
}

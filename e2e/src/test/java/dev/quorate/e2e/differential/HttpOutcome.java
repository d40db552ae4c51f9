package dev.quorate.e2e.differential;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server said over HTTP, without what is different on any two servers.
 *
 * @param body the JSON, of a stream one after the other; any other text as it is
 * @param crossOrigin the headers about web pages
 */
record HttpOutcome(
    int status, String contentType, List<JsonNode> body, Map<String, String> crossOrigin) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static HttpOutcome of(String path, HttpResponse<String> response) {
    String contentType = response.headers().firstValue("content-type").orElse("");
    var crossOrigin = new TreeMap<String, String>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (name.startsWith("access-control-")) {
                crossOrigin.put(name, String.join(", ", values));
              }
            });
    var body =
        contentType.equals("application/json")
            ? parsed(response.body()).stream().map(answer -> HttpMask.of(path, answer)).toList()
            : List.<JsonNode>of(TextNode.valueOf(response.body()));
    return new HttpOutcome(response.statusCode(), contentType, body, crossOrigin);
  }

  private static List<JsonNode> parsed(String text) {
    try (var values = JSON.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      return values.readAll();
    } catch (IOException e) {
      throw new AssertionError("the answer is no JSON: " + text, e);
    }
  }

  static JsonNode line(String path, String text) {
    try {
      return HttpMask.of(path, JSON.readTree(text));
    } catch (JsonProcessingException e) {
      throw new AssertionError("the line is no JSON: " + text, e);
    }
  }

  /** An error without its words. */
  HttpOutcome withoutMessage() {
    var wordless = new ArrayList<JsonNode>();
    for (JsonNode node : body) {
      wordless.add(node instanceof ObjectNode object ? object.without("message") : node);
    }
    return new HttpOutcome(status, contentType, wordless, crossOrigin);
  }

  /** The words of an error. */
  JsonNode message() {
    return body.getFirst().path("message");
  }

  HttpOutcome withoutText() {
    return new HttpOutcome(status, contentType, List.of(), crossOrigin);
  }

  HttpOutcome withContentType(String other) {
    return new HttpOutcome(status, other, body, crossOrigin);
  }
}

package dev.quorate.operator.platform.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks a manifest against the CRD's schema and fills in defaults, as an API server does: unknown
 * fields, types, required fields, limits. Every complaint names the field and what would be right.
 */
final class SchemaCheck {
  private final List<String> complaints = new ArrayList<>();

  /** All complaints about {@code value}; defaults are filled in on the way. */
  static List<String> complaints(String path, JsonNode schema, JsonNode value) {
    var check = new SchemaCheck();
    check.check(path, schema, value);
    return List.copyOf(check.complaints);
  }

  private void check(String path, JsonNode schema, JsonNode value) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      boolean possible = value.isTextual() || value.isIntegralNumber();
      if (!possible || !matches(schema, value.asText())) {
        complain(path, value, "a number with a unit, for example 1Gi or 500m");
      }
      return;
    }
    switch (schema.path("type").asText()) {
      case "object" -> object(path, schema, value);
      case "array" -> array(path, schema, value);
      case "integer" -> integer(path, schema, value);
      case "boolean" -> {
        if (!value.isBoolean()) {
          complain(path, value, "true or false");
        }
      }
      case "string" -> {
        if (value.isTextual()) {
          text(path, schema, value);
        } else {
          complain(path, value, "text; put it in quotes");
        }
      }
      default -> throw new IllegalStateException("schema of " + path + " has no type");
    }
  }

  private void object(String path, JsonNode schema, JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      complain(path, value, "an object with fields");
      return;
    }
    var properties = schema.path("properties");
    var free = schema.path("additionalProperties");
    for (var required : schema.path("required")) {
      if (!object.has(required.asText())) {
        complaints.add("%s.%s is missing".formatted(path, required.asText()));
      }
    }
    for (var field : new TreeSet<>(fieldNames(object))) {
      var inner = properties.has(field) ? properties.get(field) : free;
      if (inner.isObject()) {
        check(path + "." + field, inner, object.get(field));
      } else {
        complaints.add(unknown(path + "." + field, field, fieldNames(properties)));
      }
    }
    properties
        .properties()
        .forEach(
            property -> {
              var missing = property.getValue().path("default");
              if (!missing.isMissingNode() && !object.has(property.getKey())) {
                object.set(property.getKey(), missing.deepCopy());
                check(
                    path + "." + property.getKey(),
                    property.getValue(),
                    object.get(property.getKey()));
              }
            });
  }

  private void array(String path, JsonNode schema, JsonNode value) {
    if (!value.isArray()) {
      complain(path, value, "a list");
      return;
    }
    for (int index = 0; index < value.size(); index++) {
      check("%s[%d]".formatted(path, index), schema.path("items"), value.get(index));
    }
  }

  private void integer(String path, JsonNode schema, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      complain(path, value, "a whole number");
      return;
    }
    long minimum = schema.path("minimum").asLong(Long.MIN_VALUE);
    long maximum = schema.path("maximum").asLong(Long.MAX_VALUE);
    if (value.asLong() < minimum || value.asLong() > maximum) {
      complain(path, value, "%d to %d".formatted(minimum, maximum));
    }
  }

  private void text(String path, JsonNode schema, JsonNode value) {
    var text = value.asText();
    if (schema.has("enum")) {
      var known = new ArrayList<String>();
      schema.get("enum").forEach(choice -> known.add(choice.asText()));
      if (!known.contains(text)) {
        complain(path, value, "one of " + String.join(", ", known));
      }
    }
    if (!matches(schema, text)) {
      complain(path, value, "of the form " + schema.get("pattern").asText());
    }
    if (text.length() < schema.path("minLength").asInt(0)
        || text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
      complain(
          path,
          value,
          "%d to %d characters long"
              .formatted(schema.path("minLength").asInt(0), schema.path("maxLength").asInt()));
    }
  }

  private static boolean matches(JsonNode schema, String text) {
    return !schema.has("pattern")
        || Pattern.compile(schema.get("pattern").asText()).matcher(text).find();
  }

  static String unknown(String where, String field, List<String> known) {
    var nearest = Spelling.nearest(field, known);
    return nearest == null
        ? "%s is unknown; known are %s".formatted(where, String.join(", ", known))
        : "%s is unknown: did you mean %s?".formatted(where, nearest);
  }

  private void complain(String path, JsonNode value, String right) {
    complaints.add("%s is %s: must be %s".formatted(path, value, right));
  }

  private static List<String> fieldNames(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).collect(Collectors.toList());
  }
}

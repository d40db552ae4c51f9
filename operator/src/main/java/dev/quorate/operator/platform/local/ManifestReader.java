package dev.quorate.operator.platform.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.plan.SpecValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a RaftCluster from a file, as strictly as an API server would. */
final class ManifestReader {
  private static final String API_VERSION = "quorate.dev/v1alpha1";
  private static final String DEFINITION = "/raftclusters.quorate.dev-v1.yml";
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final JsonNode specSchema;

  ManifestReader() {
    try (var definition = RaftCluster.class.getResourceAsStream(DEFINITION)) {
      if (definition == null) {
        throw new IllegalStateException(DEFINITION + " is missing in this build");
      }
      specSchema =
          YAML.readTree(definition).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    } catch (IOException e) {
      throw new IllegalStateException(DEFINITION + " cannot be read", e);
    }
  }

  RaftCluster read(Path file) throws ManifestException {
    var root = parse(file);
    var complaints = new ArrayList<String>();
    expect(root, "apiVersion", API_VERSION, complaints);
    expect(root, "kind", "RaftCluster", complaints);
    var name = root.at("/metadata/name").asText();
    if (!NAME.matcher(name).matches()) {
      complaints.add(
          "metadata.name is \"%s\": must be small letters, digits and dashes".formatted(name));
    }
    root.properties().stream()
        .map(Map.Entry::getKey)
        .filter(
            field -> !List.of("apiVersion", "kind", "metadata", "spec", "status").contains(field))
        .forEach(
            field ->
                complaints.add(
                    SchemaCheck.unknown(
                        field, field, List.of("apiVersion", "kind", "metadata", "spec"))));
    if (root.path("spec").isObject()) {
      complaints.addAll(SchemaCheck.complaints("spec", specSchema, root.get("spec")));
    } else {
      complaints.add("spec is missing");
    }
    if (!complaints.isEmpty()) {
      throw new ManifestException(file, complaints);
    }
    return convert(file, root);
  }

  private static ObjectNode parse(Path file) throws ManifestException {
    try (YAMLParser parser = new YAMLFactory().createParser(Files.readString(file))) {
      var documents = YAML.readValues(parser, JsonNode.class).readAll();
      if (documents.size() != 1 || !(documents.getFirst() instanceof ObjectNode object)) {
        throw new ManifestException(
            file,
            List.of("holds %d documents: must be one RaftCluster".formatted(documents.size())));
      }
      return object;
    } catch (JsonProcessingException e) {
      throw new ManifestException(file, List.of("is no YAML: " + explain(e)));
    } catch (NoSuchFileException _) {
      throw new ManifestException(file, List.of("there is no such file"));
    } catch (IOException e) {
      throw new ManifestException(file, List.of("cannot be read: " + e));
    }
  }

  /** In one line: the parser adds drawings of the place, on lines that begin with a space. */
  private static String explain(JsonProcessingException failure) {
    var what =
        failure
            .getOriginalMessage()
            .lines()
            .filter(line -> !line.isEmpty() && !Character.isWhitespace(line.charAt(0)))
            .collect(Collectors.joining(", "));
    var place = failure.getLocation();
    return place == null || place.getLineNr() < 1
        ? what
        : "line %d, column %d: %s".formatted(place.getLineNr(), place.getColumnNr(), what);
  }

  private static RaftCluster convert(Path file, ObjectNode root) throws ManifestException {
    try {
      root.remove("status");
      var cluster = YAML.treeToValue(root, RaftCluster.class);
      if (cluster.getMetadata().getNamespace() == null) {
        cluster.getMetadata().setNamespace("default");
      }
      var complaints =
          new ArrayList<>(
              SpecValidator.complaints(cluster.getMetadata().getName(), cluster.getSpec()));
      if (cluster.getSpec().tls().on()) {
        complaints.add(
            "spec.tls.mode is %s: must be Disabled here, because members are processes that listen on"
                    .formatted(root.at("/spec/tls/mode").asText("Managed"))
                + " this machine's loopback address alone; write tls: {mode: Disabled}");
      }
      if (!complaints.isEmpty()) {
        throw new ManifestException(file, complaints);
      }
      return cluster;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new ManifestException(file, List.of("cannot be understood: " + e.getMessage()));
    }
  }

  private static void expect(JsonNode root, String field, String value, List<String> complaints) {
    if (!root.path(field).asText().equals(value)) {
      complaints.add("%s is \"%s\": must be %s".formatted(field, root.path(field).asText(), value));
    }
  }
}

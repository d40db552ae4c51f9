package dev.quorate.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The CRD as YAML: what the generator makes of the types, and what it misses added to it. It knows
 * no list types, writes limits of integers as fractions, sorts the columns, and gives quantities no
 * pattern.
 */
final class CrdYaml {
  private static final String HEADER =
      "# Made from the Java types in this module; CrdTest compares it, and -Drewrite=true writes it anew.\n";
  private static final String QUANTITY =
      "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";
  private static final List<String> COLUMNS =
      List.of("READY", "LEADER", "VERSION", "STATUS", "AGE", "SIZE", "PLAN");

  /** Lists whose entries are told apart by a key, so that several writers can own entries. */
  private static final Map<String, String> LIST_KEYS =
      new TreeMap<>(
          Map.of("conditions", "type", "members", "name", "env", "name", "pullSecrets", "name"));

  /** Fields that the API server would else take for integers of 32 bits. */
  private static final Set<String> LONGS = longs();

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private CrdYaml() {}

  private static Set<String> longs() {
    var names = new TreeSet<String>();
    addLongs(RaftClusterSpec.class, names);
    addLongs(RaftClusterStatus.class, names);
    return names;
  }

  private static void addLongs(Type type, Set<String> names) {
    if (type instanceof ParameterizedType generic) {
      for (var argument : generic.getActualTypeArguments()) {
        addLongs(argument, names);
      }
    }
    if (type instanceof Class<?> record && record.isRecord()) {
      for (var field : record.getRecordComponents()) {
        if (field.getType() == Long.class || field.getType() == long.class) {
          names.add(field.getName());
        }
        addLongs(field.getGenericType(), names);
      }
    }
  }

  static String generate(Path directory) throws IOException {
    new CRDGenerator()
        .customResourceClasses(RaftCluster.class)
        .forCRDVersions("v1")
        .inOutputDir(directory.toFile())
        .generate();
    var root =
        YAML.readTree(Files.readString(directory.resolve("raftclusters.quorate.dev-v1.yml")));
    var version = (ObjectNode) root.at("/spec/versions/0");
    sortColumns(version);
    var schema = (ObjectNode) version.at("/schema/openAPIV3Schema");
    schema.put("description", "A Raft key-value cluster that the operator looks after.");
    complete("", schema);
    defaultToDefaults((ObjectNode) schema.at("/properties/spec/properties/raft"));
    return HEADER + YAML.writeValueAsString(root);
  }

  /**
   * An absent object is as one of its fields' defaults. They must be spelled out: the API server
   * tries its rules on the default as it is written.
   */
  private static void defaultToDefaults(ObjectNode object) {
    var defaults = object.putObject("default");
    object
        .get("properties")
        .properties()
        .forEach(field -> defaults.set(field.getKey(), field.getValue().get("default")));
  }

  private static void sortColumns(ObjectNode version) {
    var columns = (ArrayNode) version.get("additionalPrinterColumns");
    var sorted = new ArrayList<JsonNode>();
    columns.forEach(sorted::add);
    sorted.sort(Comparator.comparingInt(column -> COLUMNS.indexOf(column.get("name").asText())));
    columns.removeAll();
    columns.addAll(sorted);
  }

  private static void complete(String name, ObjectNode schema) {
    for (var limit : List.of("minimum", "maximum")) {
      if (schema.has(limit)) {
        schema.put(limit, schema.get(limit).asLong());
      }
    }
    if (schema.path("type").asText().equals("integer")) {
      schema.put("format", LONGS.contains(name) ? "int64" : "int32");
    }
    if (schema.has("x-kubernetes-int-or-string")) {
      schema.put("pattern", QUANTITY);
    }
    var key = LIST_KEYS.get(name);
    if (key != null && schema.path("type").asText().equals("array")) {
      schema.put("maxItems", 64);
      schema.put("x-kubernetes-list-type", "map");
      schema.putArray("x-kubernetes-list-map-keys").add(key);
    }
    schema
        .path("properties")
        .properties()
        .forEach(property -> complete(property.getKey(), (ObjectNode) property.getValue()));
    for (var inner : List.of("items", "additionalProperties")) {
      if (schema.path(inner).isObject()) {
        complete("", (ObjectNode) schema.get(inner));
      }
    }
  }
}

package dev.quorate.charts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The schema of the values of quorate-cluster: the fields of a RaftCluster's spec, as the custom
 * resource definition has them, and the few that are the chart's own.
 */
final class ClusterValuesSchema {
  private static final String OWN =
      """
      global: {type: object, description: What a parent chart tells all its charts; not used.}
      fullnameOverride:
        type: string
        description: "Name of the cluster; empty: the release's."
        maxLength: 40
        pattern: "^([a-z]([-a-z0-9]*[a-z0-9])?)?$"
      labels: {type: object, description: Labels of the RaftCluster., additionalProperties: {type: string}}
      annotations: {type: object, description: Annotations of the RaftCluster., additionalProperties: {type: string}}
      networkPolicy:
        type: object
        description: Whom the members talk to.
        additionalProperties: false
        properties:
          enabled: {type: boolean, description: Make the NetworkPolicy.}
          operatorNamespace: {type: string, description: The operator's namespace., minLength: 1}
          clientsFrom: {type: array, description: "Who may be a client; empty: everybody.", items: {type: object}}
          metricsFrom: {type: array, description: "Who may read metrics; empty: everybody.", items: {type: object}}
      test:
        type: object
        description: The pod of helm test.
        additionalProperties: false
        properties:
          image: {type: string, description: "The operator's image, with tag or digest.", minLength: 1}
          pullPolicy: {type: string, description: When it is pulled., enum: [Always, IfNotPresent, Never]}
          imagePullSecrets:
            type: array
            description: Secrets with credentials for that image.
            items:
              type: object
              additionalProperties: false
              required: [name]
              properties:
                name: {type: string, description: Name of the Secret., minLength: 1}
          clientSecret: {type: string, description: "Secret with ca.crt, and tls.crt and tls.key if clients need a certificate."}
      """;

  private ClusterValuesSchema() {}

  /**
   * @param spec the schema of the spec in the custom resource definition
   */
  static JsonNode of(JsonNode spec) {
    var fields = (ObjectNode) converted(spec);
    var schema = JsonNodeFactory.instance.objectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "Values of the chart quorate-cluster");
    schema.setAll(fields);
    var properties = (ObjectNode) schema.get("properties");
    Yaml.parse(OWN)
        .properties()
        .forEach(
            own -> {
              if (properties.has(own.getKey())) {
                throw new AssertionError(
                    "spec has a field %s now: the chart's own value needs another name"
                        .formatted(own.getKey()));
              }
              properties.set(own.getKey(), own.getValue());
            });
    return schema;
  }

  /** JSON schema knows no extensions of Kubernetes; unknown fields are mistakes here as there. */
  private static JsonNode converted(JsonNode schema) {
    if (schema instanceof ArrayNode array) {
      var converted = JsonNodeFactory.instance.arrayNode();
      array.forEach(element -> converted.add(converted(element)));
      return converted;
    }
    if (!(schema instanceof ObjectNode)) {
      return schema;
    }
    var converted = JsonNodeFactory.instance.objectNode();
    schema
        .properties()
        .forEach(
            field -> {
              if (field.getKey().equals("properties")) {
                var properties = converted.putObject("properties");
                field
                    .getValue()
                    .properties()
                    .forEach(one -> properties.set(one.getKey(), converted(one.getValue())));
              } else if (!field.getKey().startsWith("x-kubernetes-")
                  && !field.getKey().equals("format")) {
                converted.set(field.getKey(), converted(field.getValue()));
              }
            });
    if (converted.has("properties") && !converted.has("additionalProperties")) {
      converted.put("additionalProperties", false);
    }
    return converted;
  }
}

package dev.quorate.e2e.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes out of JSON what is different on any two servers, and what the gateway of Quorate says in
 * addition. Of a masked value the kind stays: a number is never taken for a text.
 */
final class HttpMask {
  /** In every answer. */
  private static final Set<String> ORIGIN = Set.of("cluster_id", "member_id", "raft_term");

  /** In the answers of one path, or of those below it. */
  private static final Map<String, Set<String>> VALUES =
      Map.of(
          "/v3/cluster/", Set.of("ID", "peerURLs", "clientURLs"),
          "/v3/maintenance/status",
              Set.of(
                  "version",
                  "dbSize",
                  "dbSizeInUse",
                  "dbSizeQuota",
                  "leader",
                  "raftIndex",
                  "raftTerm",
                  "raftAppliedIndex",
                  "storageVersion"),
          "/v3/maintenance/downgrade", Set.of("version"),
          "/v3/maintenance/hash", Set.of("hash", "hash_revision", "compact_revision"),
          "/v3/lease/timetolive", Set.of("TTL"),
          "/v3/kv/lease/timetolive", Set.of("TTL"),
          "/v3/auth/authenticate", Set.of("token"),
          "/version", Set.of("etcdserver", "etcdcluster", "storage"));

  /** What only one of two gateways says about an error. */
  private static final List<String> OLD_WORDS =
      List.of("error", "grpc_code", "http_code", "http_status");

  private final Set<String> masked;

  private HttpMask(Set<String> masked) {
    this.masked = masked;
  }

  static JsonNode of(String path, JsonNode answer) {
    var masked = new TreeSet<>(ORIGIN);
    VALUES.forEach(
        (prefix, values) -> {
          if (path.startsWith(prefix)) {
            masked.addAll(values);
          }
        });
    return new HttpMask(masked).mask(answer.deepCopy());
  }

  private JsonNode mask(JsonNode node) {
    switch (node) {
      case ObjectNode object -> {
        if (object.path("code").isInt() && object.path("message").isTextual()) {
          object.remove(OLD_WORDS);
        }
        for (var field : object.properties()) {
          boolean hidden = masked.contains(field.getKey());
          field.setValue(hidden ? kind(field.getValue()) : mask(field.getValue()));
        }
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, mask(array.get(i)));
        }
      }
      default -> {
        // A plain value.
      }
    }
    return node;
  }

  private static JsonNode kind(JsonNode node) {
    return TextNode.valueOf("some " + node.getNodeType());
  }
}

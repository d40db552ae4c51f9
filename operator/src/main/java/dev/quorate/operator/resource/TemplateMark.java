package dev.quorate.operator.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.Mark;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotation that tells pods made from one spec from those made from another. It is the same
 * for all members of a cluster.
 *
 * <p>It is a hash over what the user asked for, not over the pod that was made of that: another
 * operator may make it in another way, and that alone must not restart anything. So what a spec
 * does not say must leave no trace in it: a new field whose absence is written out here would
 * change the mark of every cluster. {@code TemplateMarkTest} has marks that must stay for ever.
 */
public final class TemplateMark {
  static final String ANNOTATION = "quorate.dev/template";

  /** On pods of the operator's own releases: their version. */
  static final String VERSION_ANNOTATION = "quorate.dev/version";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What concerns no pod; everything else of the spec does. */
  private static final List<String> ELSEWHERE =
      List.of(
          "replicas",
          "storage",
          "deletionPolicy",
          "paused",
          "hibernated",
          "updates",
          "repair",
          "version");

  private TemplateMark() {}

  /** The mark of pods that are made from the spec as it is. */
  public static String wanted(RaftCluster cluster, NodeImages images) {
    ObjectNode spec = JSON.valueToTree(cluster.getSpec());
    spec.remove(ELSEWHERE);
    String version = images.versionOf(cluster.getSpec());
    if (version != null) {
      spec.put("version", version);
    }
    if (spec.get("resources") instanceof ObjectNode resources) {
      resources.forEach(TemplateMark::writeSizesInOneWay);
    }
    return Mark.of(sorted(spec).toString());
  }

  /** The mark that an object carries, or null if it carries none. */
  public static @Nullable String on(ObjectMeta meta) {
    return annotation(meta, ANNOTATION);
  }

  /** The version that pods of this template run; null if they run an image of the user's own. */
  public static @Nullable String version(PodTemplateSpec template) {
    return annotation(template.getMetadata(), VERSION_ANNOTATION);
  }

  static void put(PodTemplateSpec template, RaftCluster cluster, NodeImages images) {
    Map<String, String> annotations = new TreeMap<>(template.getMetadata().getAnnotations());
    annotations.put(ANNOTATION, wanted(cluster, images));
    String version = images.versionOf(cluster.getSpec());
    if (version != null) {
      annotations.put(VERSION_ANNOTATION, version);
    }
    template.getMetadata().setAnnotations(annotations);
  }

  private static @Nullable String annotation(@Nullable ObjectMeta meta, String name) {
    Map<String, String> annotations = meta == null ? null : meta.getAnnotations();
    return annotations == null ? null : annotations.get(name);
  }

  /** {@code 1024Mi} asks for nothing else than {@code 1Gi}. */
  private static void writeSizesInOneWay(JsonNode amounts) {
    if (amounts instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              amount ->
                  object.put(
                      amount.getKey(),
                      CanonicalSize.of(new Quantity(amount.getValue().asText())).toString()));
    }
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      var fields = new TreeMap<String, JsonNode>();
      object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      var copy = JSON.createObjectNode();
      copy.setAll(fields);
      return copy;
    }
    if (node.isArray()) {
      var copy = JSON.createArrayNode();
      for (Iterator<JsonNode> elements = node.elements(); elements.hasNext(); ) {
        copy.add(sorted(elements.next()));
      }
      return copy;
    }
    return node;
  }
}

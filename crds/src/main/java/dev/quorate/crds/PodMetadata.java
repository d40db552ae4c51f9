package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Labels and annotations that are added to pods; the operator's own win. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PodMetadata(
    @JsonPropertyDescription("Labels added to the pods.") Map<String, String> labels,
    @JsonPropertyDescription("Annotations added to the pods.") Map<String, String> annotations) {
  public PodMetadata {
    labels =
        Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(labels, Map.of())));
    annotations =
        Collections.unmodifiableMap(
            new TreeMap<>(Objects.requireNonNullElse(annotations, Map.of())));
  }
}

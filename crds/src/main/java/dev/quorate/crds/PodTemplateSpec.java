package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the user adds to the pods of the members. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PodTemplateSpec(
    @JsonPropertyDescription("Labels and annotations of the pods.") @Nullable PodMetadata metadata,
    @JsonPropertyDescription("Environment variables of the node.") List<EnvironmentVariable> env) {
  public PodTemplateSpec {
    env = List.copyOf(Objects.requireNonNullElse(env, List.of()));
  }
}

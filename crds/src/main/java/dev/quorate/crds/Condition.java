package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** One condition of a resource, after the conventions of Kubernetes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @JsonPropertyDescription("Name of the condition.") @Required @Size(max = 316) String type,
    @JsonPropertyDescription("True, False or Unknown.") @Required Status status,
    @JsonPropertyDescription("One word from a closed list that says why.")
        @Required
        @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        @Size(min = 1, max = 1024)
        String reason,
    @JsonPropertyDescription("The same for people, with the particulars.")
        @Required
        @Size(max = 32768)
        String message,
    @JsonPropertyDescription("When status changed last, RFC 3339.") @Required
        String lastTransitionTime,
    @JsonPropertyDescription("Generation of the spec that this speaks of.")
        @Nullable Long observedGeneration) {

  /** Whether a condition holds. */
  public enum Status {
    @JsonProperty("True")
    TRUE,
    @JsonProperty("False")
    FALSE,
    @JsonProperty("Unknown")
    UNKNOWN
  }
}

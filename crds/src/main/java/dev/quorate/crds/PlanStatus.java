package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the operator does next, and why; published before it is done. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PlanStatus(
    @JsonPropertyDescription("What is done and why, in a sentence.") @Required String summary,
    @JsonPropertyDescription("The arithmetic of the quorum for the next step.")
        @Nullable String quorum,
    @JsonPropertyDescription("What must happen before the next step.") @Nullable String waitingFor,
    @JsonPropertyDescription(
            "The actions that the step in flight consists of, in order; none without a step.")
        List<PlannedActionStatus> steps) {
  public PlanStatus {
    steps = List.copyOf(Objects.requireNonNullElse(steps, List.of()));
  }
}

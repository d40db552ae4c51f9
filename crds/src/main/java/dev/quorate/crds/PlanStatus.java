package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** What the operator does next, and why; published before it is done. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlanStatus(
    @JsonPropertyDescription("What is done and why, in a sentence.") @Required String summary,
    @JsonPropertyDescription("The arithmetic of the quorum for the next step.")
        @Nullable String quorum,
    @JsonPropertyDescription("What must happen before the next step.")
        @Nullable String waitingFor) {}

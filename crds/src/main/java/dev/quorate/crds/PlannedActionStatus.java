package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** One action of the step in flight. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlannedActionStatus(
    @JsonPropertyDescription("What is done, or waited for.") @Required String action,
    @JsonPropertyDescription("The member it is about.") @Required String member,
    @JsonPropertyDescription("Done, Next or Later.") @Required String state) {}

package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** One thing that was done to a member to repair the cluster. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RepairStatus(
    @JsonPropertyDescription("What was done.") @Required String action,
    @JsonPropertyDescription("The member it was done to.") @Required String member,
    @JsonPropertyDescription("When, RFC 3339.") @Required String at) {}

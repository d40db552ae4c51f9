package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** The action that was tried last and did not succeed; it is tried again and again. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailureStatus(
    @JsonPropertyDescription("What was tried.") @Required String action,
    @JsonPropertyDescription("The member it is about.") @Required String member,
    @JsonPropertyDescription("Why it did not succeed.") @Required String message,
    @JsonPropertyDescription("When it failed for the first time in a row, RFC 3339.") @Required
        String since) {}

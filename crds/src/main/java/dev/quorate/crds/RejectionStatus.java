package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** What a member could not be updated to; it is not tried again until the spec changes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RejectionStatus(
    @JsonPropertyDescription("Mark of the pod template that did not prove itself.") @Required
        String template,
    @JsonPropertyDescription("The member that tried it.") @Required String member,
    @JsonPropertyDescription("What went wrong.") @Required String reason,
    @JsonPropertyDescription("When it was put back, RFC 3339.") @Required String at) {}

package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What is known of the pod templates that members were updated to. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UpdatesStatus(
    @JsonPropertyDescription("Mark of the pod template that proved itself last.")
        @Nullable String proven,
    @JsonPropertyDescription("Mark of the one that had done so before it.") @Nullable String before,
    @JsonPropertyDescription("The template that did not prove itself, while the spec asks for it.")
        @Nullable RejectionStatus rejected) {}

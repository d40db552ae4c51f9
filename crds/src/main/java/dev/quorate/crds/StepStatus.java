package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** The step in flight; it is here before it is taken, so that a restarted operator finishes it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepStatus(
    @JsonPropertyDescription(
            "Bootstrap, AddMember, RemoveMember, ReplaceMember, RestartMember, UpdateMember,"
                + " RollBackMember or TransferLeadership.")
        @Required
        String operation,
    @JsonPropertyDescription("What is done now to get there.") @Required String action,
    @JsonPropertyDescription("The member it is about.") @Required String member,
    @JsonPropertyDescription("Why it was begun.") @Required String reason,
    @JsonPropertyDescription("When it was begun, RFC 3339.") @Required String startedAt,
    @JsonPropertyDescription("Mark of the pod template that the member gets, if it gets another.")
        @Nullable String template,
    @JsonPropertyDescription("Mark of the pod template that it is put back to if that fails.")
        @Nullable String previous,
    @JsonPropertyDescription(
            "The member that is removed when the added one votes, because its volume cannot be made"
                + " as wanted.")
        @Nullable String replaces) {}

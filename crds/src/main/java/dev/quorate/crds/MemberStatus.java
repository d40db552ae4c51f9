package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** What is known of one member. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemberStatus(
    @JsonPropertyDescription("Name of the member.") @Required String name,
    @JsonPropertyDescription("Raft identity, 16 hexadecimal digits; absent until it has one.")
        @Nullable String id,
    @JsonPropertyDescription("Leader, Follower, Candidate, Learner, None, or Unknown.")
        @Nullable String role,
    @JsonPropertyDescription("Idle, Running, Paused, Terminated, or Unknown.")
        @Nullable String state,
    @JsonPropertyDescription(
            "Healthy, Leaving (its machine is about to be emptied), Starting, Unhealthy, Lost, Asleep"
                + " (it is not to run while spec.hibernated is true), or Unknown.")
        @Nullable String health,
    @JsonPropertyDescription("Why it is not healthy, for people.") @Nullable String message,
    @JsonPropertyDescription("Version of its node.") @Nullable String version,
    @JsonPropertyDescription("Where its peers reach it.") @Nullable String peerUrl,
    @JsonPropertyDescription("Where clients reach it.") @Nullable String clientUrl,
    @JsonPropertyDescription("Machine that it runs on.") @Nullable String node,
    @JsonPropertyDescription(
            "Zone of that machine, by its label topology.kubernetes.io/zone; absent where it has"
                + " none or machines are not seen.")
        @Nullable String zone,
    @JsonPropertyDescription("Log entries that it is behind; absent when caught up or unknown.")
        @Nullable Long lagEntries,
    @JsonPropertyDescription(
            "What its data takes, rounded up to one of four steps between powers of two and to 1 MiB"
                + " at least, as it was when the operator looked last; a smaller value is told only"
                + " when it is two steps smaller. Absent while it does not say.")
        @Nullable Long databaseBytes,
    @JsonPropertyDescription("Since when its health is as it is, RFC 3339.") @Nullable String since,
    @JsonPropertyDescription(
            "Since when neither the leader nor the operator reaches it, RFC 3339; absent while one"
                + " of them does, and while there is no leader to ask.")
        @Nullable String unreachableSince) {}

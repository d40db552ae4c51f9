package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the operator sees and does; a fact that cannot be observed is absent or Unknown. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RaftClusterStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Identity of the cluster; set once, 16 hexadecimal digits.")
        @Nullable String clusterId,
    @JsonPropertyDescription("Voting members that the cluster has now.") @StatusReplicas
        @Nullable Integer replicas,
    @JsonPropertyDescription("Members that are healthy.") @Nullable Integer readyReplicas,
    @JsonPropertyDescription("Healthy members of wanted ones, for people: 3/3.")
        @Nullable String ready,
    @JsonPropertyDescription("Label selector of the members' pods, for the scale subresource.")
        @LabelSelector
        @Nullable String selector,
    @JsonPropertyDescription("Version that the members run; absent while they differ.")
        @Nullable String version,
    @JsonPropertyDescription("Name of the leading member; absent when there is none or unknown.")
        @Nullable String leader,
    @JsonPropertyDescription(
            "One word: Healthy, Starting, Scaling, Updating, Repairing, Degraded, QuorumLost,"
                + " Unknown, Paused, Hibernating, Hibernated, Blocked or Invalid.")
        @Nullable String summary,
    @JsonPropertyDescription(
            "The largest databaseBytes of a member, for people: 10Mi. Absent while no member says.")
        @Nullable String size,
    @JsonPropertyDescription("Number of the next new member; numbers are never used again.")
        @Nullable Integer nextOrdinal,
    @JsonPropertyDescription("The members, by name.") List<MemberStatus> members,
    @JsonPropertyDescription("The step in flight, written before it is taken.")
        @Nullable StepStatus step,
    @JsonPropertyDescription("The action that was tried last, if it did not succeed.")
        @Nullable FailureStatus failure,
    @JsonPropertyDescription(
            "Repairs of the last hour: the operator restarts a member at most three times an hour,"
                + " and replaces at most spec.repair.maxReplacementsPerHour members.")
        List<RepairStatus> repairs,
    @JsonPropertyDescription("How the pod templates that the spec asked for proved themselves.")
        @Nullable UpdatesStatus updates,
    @JsonPropertyDescription("What comes next and why.") @Nullable PlanStatus plan,
    @JsonPropertyDescription(
            "Ready, Progressing, Degraded, QuorumAtRisk, UpToDate, SpecValid and"
                + " CertificatesValid.")
        List<Condition> conditions,
    @JsonPropertyDescription("Where clients reach the cluster.") List<String> endpoints) {
  /** Of a cluster that nobody has looked at yet. */
  public static final RaftClusterStatus EMPTY =
      new RaftClusterStatus(
          null, null, null, null, null, null, null, null, null, null, null, List.of(), null, null,
          List.of(), null, null, List.of(), List.of());

  public RaftClusterStatus {
    members = List.copyOf(Objects.requireNonNullElse(members, List.of()));
    repairs = List.copyOf(Objects.requireNonNullElse(repairs, List.of()));
    endpoints = List.copyOf(Objects.requireNonNullElse(endpoints, List.of()));
    conditions = List.copyOf(Objects.requireNonNullElse(conditions, List.of()));
  }

  /** The member of that name, if there is one. */
  public @Nullable MemberStatus member(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst().orElse(null);
  }
}

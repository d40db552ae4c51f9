package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the user of a cluster wants. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!(has(self.version) && has(self.image))",
    message =
        "give either version (the operator's image repository is used) or image (a repository of"
            + " your own), not both")
@ValidationRule(
    value =
        "(has(self.tls) ? self.tls.mode : 'Managed')"
            + " == (has(oldSelf.tls) ? oldSelf.tls.mode : 'Managed')",
    message =
        "tls.mode cannot be changed, because members with and without certificates do not reach"
            + " each other: make another cluster with the mode you want and move the data over"
            + " (docs/tls.md)")
@ValidationRule(
    value =
        "(has(self.tls) && has(self.tls.peer) && has(self.tls.peer.secretRef)"
            + " ? self.tls.peer.secretRef.name : '')"
            + " == (has(oldSelf.tls) && has(oldSelf.tls.peer) && has(oldSelf.tls.peer.secretRef)"
            + " ? oldSelf.tls.peer.secretRef.name : '')",
    message =
        "tls.peer.secretRef cannot be changed, because members of two authorities do not believe"
            + " each other: put new certificates into the Secret that is there (docs/tls.md)")
public record RaftClusterSpec(
    @JsonPropertyDescription(
            "How many voting members the cluster has: 1 to 9. Odd numbers are best: an even one"
                + " survives no more failures than the odd number below it.")
        @Default("3")
        @Min(1)
        @Max(9)
        @SpecReplicas
        int replicas,
    @JsonPropertyDescription(
            "Version of the node, for example 0.1.0, from the operator's image repository. Absent"
                + " (and no image): the version that the cluster has; a new cluster gets the"
                + " operator's own. At most one minor version up at a time; down as far as the data"
                + " can be read.")
        @Size(min = 1, max = 128)
        @Nullable String version,
    @JsonPropertyDescription("The node's image, if it is not the operator's default one.")
        @Nullable ImageSpec image,
    @JsonPropertyDescription("The volume of each member.") @Required StorageSpec storage,
    @JsonPropertyDescription("Compute resources of each member.") @Nullable ResourcesSpec resources,
    @JsonPropertyDescription("Timings of the Raft protocol.") RaftSpec raft,
    @JsonPropertyDescription(
            "What happens to volumes when their member or the cluster is deleted: Retain keeps"
                + " them, Delete deletes them and the data.")
        @Default("Retain")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription("What is added to the members' pods.")
        @Nullable PodTemplateSpec podTemplate,
    @JsonPropertyDescription("How members take over what changes here.") UpdatesSpec updates,
    @JsonPropertyDescription("What is done about members that do not come back by themselves.")
        RepairSpec repair,
    @JsonPropertyDescription("While true the operator only watches and reports.") @Default("false")
        boolean paused,
    @JsonPropertyDescription(
            "While true no member runs, and their volumes with all data are kept; false wakes them"
                + " up. What else is changed here meanwhile is done after that.")
        @Default("false")
        boolean hibernated,
    @JsonPropertyDescription(
            "Certificates of members, clients and the operator. Absent: the operator makes them.")
        TlsSpec tls) {
  public RaftClusterSpec {
    raft = Objects.requireNonNullElse(raft, RaftSpec.DEFAULT);
    updates = Objects.requireNonNullElse(updates, UpdatesSpec.DEFAULT);
    repair = Objects.requireNonNullElse(repair, RepairSpec.DEFAULT);
    tls = Objects.requireNonNullElse(tls, TlsSpec.MANAGED);
    deletionPolicy = Objects.requireNonNullElse(deletionPolicy, DeletionPolicy.RETAIN);
  }

  /** The same with other volumes. */
  public RaftClusterSpec withStorage(StorageSpec other) {
    return new RaftClusterSpec(
        replicas,
        version,
        image,
        other,
        resources,
        raft,
        deletionPolicy,
        podTemplate,
        updates,
        repair,
        paused,
        hibernated,
        tls);
  }
}

package dev.quorate.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A Raft key-value cluster that the operator brings up and looks after. */
@Group("quorate.dev")
@Version("v1alpha1")
@Kind("RaftCluster")
@Singular("raftcluster")
@Plural("raftclusters")
@ShortNames("raft")
@Categories("quorate")
@ValidationRule(
    value = "size(self.metadata.name) <= 40",
    message =
        "metadata.name may have at most 40 characters, because names of pods and hosts are made of"
            + " it")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.ready")
@AdditionalPrinterColumn(name = "LEADER", jsonPath = ".status.leader")
@AdditionalPrinterColumn(name = "VERSION", jsonPath = ".status.version")
@AdditionalPrinterColumn(name = "STATUS", jsonPath = ".status.summary")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "SIZE", jsonPath = ".status.size", priority = 1)
@AdditionalPrinterColumn(name = "PLAN", jsonPath = ".status.plan.summary", priority = 1)
public class RaftCluster extends CustomResource<RaftClusterSpec, RaftClusterStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Required
  @Override
  public RaftClusterSpec getSpec() {
    return super.getSpec();
  }
}

package dev.quorate.operator.resource;

import dev.quorate.crds.EnvironmentVariable;
import dev.quorate.crds.ImageSpec;
import dev.quorate.crds.PodMetadata;
import dev.quorate.crds.PullPolicy;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.ResourcesSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pod of a member. All pods of a cluster are the same but for the member's name: what a member
 * is and where it belongs it is told by the operator, never by an argument.
 */
final class PodTemplateFactory {
  private static final String CONTAINER = "node";
  private static final long USER = 65532;
  private static final String VOLUME_PATH = "/var/lib/quorate";

  /** Long enough to hand leadership over and to finish what was accepted; then it is killed. */
  private static final long TERMINATION_GRACE_SECONDS = 60;

  private PodTemplateFactory() {}

  static PodTemplateSpec of(RaftCluster cluster, String member, NodeImages images) {
    var template = unmarked(cluster, member, images);
    TemplateMark.put(template, cluster, images);
    return template;
  }

  private static PodTemplateSpec unmarked(RaftCluster cluster, String member, NodeImages images) {
    String name = cluster.getMetadata().getName();
    RaftClusterSpec spec = cluster.getSpec();
    PodMetadata added = addedMetadata(spec);
    var labels = new TreeMap<>(added.labels());
    labels.putAll(Labels.of(name, member));
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(added.annotations())
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(TERMINATION_GRACE_SECONDS)
        .withSecurityContext(podSecurity())
        .withImagePullSecrets(pullSecrets(spec.image()))
        .withTopologySpreadConstraints(
            spread(name, "topology.kubernetes.io/zone"), spread(name, "kubernetes.io/hostname"))
        .withContainers(container(cluster, images))
        .withVolumes(new TlsTemplate(cluster).volumes())
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("64Mi"))
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .build();
  }

  private static Container container(RaftCluster cluster, NodeImages images) {
    RaftClusterSpec spec = cluster.getSpec();
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(images.imageOf(spec))
        .withImagePullPolicy(pullPolicy(spec.image()))
        .withArgs(arguments(cluster))
        .withEnv(environment(spec))
        .withPorts(
            port("client", Names.CLIENT_PORT),
            port("peer", Names.PEER_PORT),
            port("health", Names.HEALTH_PORT))
        // Replaying a long log takes its time; only afterwards does liveness count. It is patient,
        // because on a machine without breath restarts of members make all worse.
        .withStartupProbe(probe("/livez", 1, 1800))
        .withLivenessProbe(probe("/livez", 10, 8))
        .withReadinessProbe(probe("/readyz", 2, 2))
        .withResources(resources(spec.resources()))
        .withSecurityContext(containerSecurity())
        .withVolumeMounts(mount(Names.VOLUME, VOLUME_PATH), mount("tmp", "/tmp"))
        .addAllToVolumeMounts(new TlsTemplate(cluster).mounts())
        .build();
  }

  /** The data is in a folder of the volume, because a new volume need not be empty (lost+found). */
  private static List<String> arguments(RaftCluster cluster) {
    String host = Names.host("$(POD_NAMESPACE)", cluster.getMetadata().getName(), "$(POD_NAME)");
    String scheme = TlsNames.scheme(cluster.getSpec());
    var raft = cluster.getSpec().raft();
    var plain =
        List.of(
            "--managed",
            "--name=$(MEMBER_NAME)",
            "--data-dir=" + VOLUME_PATH + "/data",
            "--listen-client-urls=" + scheme + "://0.0.0.0:" + Names.CLIENT_PORT,
            "--advertise-client-urls=" + scheme + "://" + host + ":" + Names.CLIENT_PORT,
            "--listen-peer-urls=" + scheme + "://0.0.0.0:" + Names.PEER_PORT,
            "--initial-advertise-peer-urls=" + scheme + "://" + host + ":" + Names.PEER_PORT,
            "--listen-metrics-urls=http://0.0.0.0:" + Names.HEALTH_PORT,
            "--heartbeat-interval=" + raft.heartbeatMilliseconds(),
            "--election-timeout=" + raft.electionTimeoutMilliseconds());
    var arguments = new ArrayList<>(plain);
    arguments.addAll(new TlsTemplate(cluster).arguments());
    return arguments;
  }

  /** The operator's own variables win over what the user adds. */
  private static List<EnvVar> environment(RaftClusterSpec spec) {
    var own =
        List.of(
            fromField("MEMBER_NAME", "metadata.labels['" + Labels.MEMBER + "']"),
            fromField("POD_NAME", "metadata.name"),
            fromField("POD_NAMESPACE", "metadata.namespace"));
    var variables = new ArrayList<>(own);
    if (spec.podTemplate() != null) {
      for (EnvironmentVariable added : spec.podTemplate().env()) {
        if (own.stream().noneMatch(variable -> variable.getName().equals(added.name()))) {
          variables.add(
              new EnvVarBuilder().withName(added.name()).withValue(added.value()).build());
        }
      }
    }
    return variables;
  }

  private static EnvVar fromField(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withApiVersion("v1")
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private static ContainerPort port(String name, int port) {
    return new ContainerPortBuilder()
        .withName(name)
        .withContainerPort(port)
        .withProtocol("TCP")
        .build();
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }

  private static Probe probe(String path, int periodSeconds, int failureThreshold) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withNewPort("health")
        .withScheme("HTTP")
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(5)
        .withFailureThreshold(failureThreshold)
        .build();
  }

  private static PodSecurityContext podSecurity() {
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  private static SecurityContext containerSecurity() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }

  /**
   * A wish, not a condition: a member's volume may tie it to another machine than the one that the
   * rule would choose, for example after a scale-in, and a member that cannot start costs more than
   * two on one machine. It also lets more members be than machines.
   */
  private static TopologySpreadConstraint spread(String cluster, String topologyKey) {
    return new TopologySpreadConstraintBuilder()
        .withMaxSkew(1)
        .withTopologyKey(topologyKey)
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(Labels.selectorOf(cluster))
        .endLabelSelector()
        .build();
  }

  private static ResourceRequirements resources(@Nullable ResourcesSpec resources) {
    return resources == null
        ? new ResourceRequirements()
        : new ResourceRequirementsBuilder()
            .withRequests(resources.requests())
            .withLimits(resources.limits())
            .build();
  }

  private static @Nullable String pullPolicy(@Nullable ImageSpec image) {
    PullPolicy policy = image == null ? null : image.pullPolicy();
    if (policy == null) {
      return null;
    }
    return switch (policy) {
      case ALWAYS -> "Always";
      case IF_NOT_PRESENT -> "IfNotPresent";
      case NEVER -> "Never";
    };
  }

  private static List<LocalObjectReference> pullSecrets(@Nullable ImageSpec image) {
    return image == null
        ? List.of()
        : image.pullSecrets().stream()
            .map(secret -> new LocalObjectReference(secret.name()))
            .toList();
  }

  private static PodMetadata addedMetadata(RaftClusterSpec spec) {
    var template = spec.podTemplate();
    return template == null || template.metadata() == null
        ? new PodMetadata(Map.of(), Map.of())
        : template.metadata();
  }
}

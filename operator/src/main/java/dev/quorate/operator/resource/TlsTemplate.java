package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.SecretNames;
import dev.quorate.operator.platform.SecretData;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What TLS adds to a member's pod: Secrets as files, which the kubelet follows and the node reads
 * anew when they change, so that nothing has to restart.
 */
record TlsTemplate(RaftCluster cluster) {
  private static final String FOLDER = "/etc/quorate/tls/";
  private static final String PEER = "peer";
  private static final String CLIENT = "client";
  private static final String ADMIN = "admin";

  /** For the owner, who is root, and the group of the pod. */
  private static final int READABLE_BY_THE_GROUP = 0440;

  List<String> arguments() {
    var tls = cluster.getSpec().tls();
    if (!tls.on()) {
      return List.of();
    }
    var arguments =
        new ArrayList<>(
            List.of(
                "--cert-file=" + file(CLIENT, SecretData.CERTIFICATE),
                "--key-file=" + file(CLIENT, SecretData.KEY),
                "--peer-cert-file=" + file(PEER, SecretData.CERTIFICATE),
                "--peer-key-file=" + file(PEER, SecretData.KEY),
                "--peer-trusted-ca-file=" + file(PEER, SecretData.BELIEVED),
                "--peer-client-cert-auth",
                "--peer-cert-allowed-hostname=" + TlsNames.memberHost(cluster, "member"),
                "--admin-trusted-ca-file=" + file(ADMIN, SecretData.BELIEVED),
                "--admin-cert-allowed-cn=" + SecretNames.OPERATOR));
    var trusted = "--trusted-ca-file=" + file(CLIENT, SecretData.BELIEVED);
    switch (tls.authenticationOfClients()) {
      case REQUIRED -> arguments.addAll(List.of(trusted, "--client-cert-auth"));
      case OPTIONAL -> arguments.addAll(List.of(trusted, "--client-cert-optional"));
      case NONE -> {}
    }
    return arguments;
  }

  private static String file(String folder, String entry) {
    return FOLDER + folder + "/" + entry;
  }

  List<Volume> volumes() {
    var tls = cluster.getSpec().tls();
    if (!tls.on()) {
      return List.of();
    }
    String name = cluster.getMetadata().getName();
    return List.of(
        volume(PEER, orElse(tls.providedForPeers(), SecretNames.peer(name)), null),
        volume(CLIENT, orElse(tls.providedForClients(), SecretNames.server(name)), null),
        // The operator's own key stays out of the pods.
        volume(
            ADMIN,
            SecretNames.operator(name),
            new KeyToPathBuilder()
                .withKey(SecretData.BELIEVED)
                .withPath(SecretData.BELIEVED)
                .build()));
  }

  private static String orElse(@Nullable String given, String own) {
    return Objects.requireNonNullElse(given, own);
  }

  private static Volume volume(String name, String secret, @Nullable KeyToPath only) {
    return new VolumeBuilder()
        .withName("tls-" + name)
        .withNewSecret()
        .withSecretName(secret)
        .withDefaultMode(READABLE_BY_THE_GROUP)
        .withItems(only == null ? List.of() : List.of(only))
        .endSecret()
        .build();
  }

  List<VolumeMount> mounts() {
    return cluster.getSpec().tls().on()
        ? List.of(mount(PEER), mount(CLIENT), mount(ADMIN))
        : List.of();
  }

  private static VolumeMount mount(String name) {
    return new VolumeMountBuilder()
        .withName("tls-" + name)
        .withMountPath(FOLDER + name)
        .withReadOnly(true)
        .build();
  }
}

package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.resource.SecretFactory;
import dev.quorate.operator.resource.TlsNames;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets by name, from the API server itself or as they were a short while ago. There is no
 * informer for them: it would need the right to list the Secrets of everybody. And unlike other
 * objects they are written whole and only as they were read, not applied: two operators must not
 * each put half of a key there.
 */
final class ClusterSecrets implements SecretStore {
  private static final Logger log = LoggerFactory.getLogger(ClusterSecrets.class);

  private final RaftCluster cluster;
  private final KubernetesClient client;
  private final SecretMemory memory;
  private final ReconcileMetrics metrics;

  ClusterSecrets(
      RaftCluster cluster, KubernetesClient client, SecretMemory memory, ReconcileMetrics metrics) {
    this.cluster = cluster;
    this.client = client;
    this.memory = memory;
    this.metrics = metrics;
  }

  @Override
  public @Nullable SecretData read(String name) {
    return memory.recall(
        cluster,
        name,
        false,
        () -> {
          var secret = live(name);
          return secret == null ? null : data(secret);
        });
  }

  @Override
  public @Nullable SecretData readOwn(String name) {
    return memory.recall(cluster, name, true, () -> liveOwn(name));
  }

  private @Nullable SecretData liveOwn(String name) {
    var secret = live(name);
    if (secret == null) {
      return null;
    }
    if (secret.isMarkedForDeletion()) {
      throw new PlatformException(
          "%s is being deleted; it is made again when it is gone"
              .formatted(ServerSideApply.describe(secret)));
    }
    ServerSideApply.requireOurs(cluster, secret);
    return data(secret);
  }

  private @Nullable Secret live(String name) {
    return Attempt.of(
        "read Secret " + name,
        () ->
            client
                .secrets()
                .inNamespace(cluster.getMetadata().getNamespace())
                .withName(name)
                .get());
  }

  @Override
  public SecretData write(String name, SecretData data) {
    try {
      var written = Attempt.of("write Secret " + name, () -> put(name, data));
      return memory.keep(cluster, name, true, written);
    } catch (PlatformException e) {
      // Whatever it was decided on may not be there any more.
      memory.forget(cluster);
      throw e;
    }
  }

  private SecretData put(String name, SecretData data) {
    var desired = client.resource(SecretFactory.of(cluster, name, data));
    var written =
        data.version() == null
            ? desired.create()
            : desired.lockResourceVersion(data.version()).update();
    metrics.wrote("Secret");
    log.info(
        "{} {}", data.version() == null ? "created" : "updated", ServerSideApply.describe(written));
    return data(written);
  }

  private static SecretData data(Secret secret) {
    var entries = new TreeMap<String, String>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach(
              (key, value) ->
                  entries.put(
                      key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return new SecretData(entries, secret.getMetadata().getResourceVersion());
  }

  @Override
  public List<String> memberHosts() {
    return TlsNames.memberHosts(cluster);
  }

  @Override
  public List<String> clientHosts() {
    return TlsNames.clientHosts(cluster);
  }
}

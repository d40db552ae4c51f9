package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.SecretData;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.TreeMap;

/** A Secret of the operator's own; it goes when its cluster goes. */
public final class SecretFactory {
  private SecretFactory() {}

  public static Secret of(RaftCluster cluster, String name, SecretData data) {
    var encoded = new TreeMap<String, String>();
    data.entries()
        .forEach(
            (key, text) ->
                encoded.put(
                    key,
                    Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withMetadata(ClusterMetadata.of(cluster, name, Labels.of(cluster.getMetadata().getName())))
        .withType("Opaque")
        .withData(encoded)
        .build();
  }
}

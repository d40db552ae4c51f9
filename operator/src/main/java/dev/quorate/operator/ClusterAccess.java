package dev.quorate.operator;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the address of an API server comes from, as kubectl and client libraries look for it. */
final class ClusterAccess {
  private ClusterAccess() {}

  /** What this process lacks to reach any API server; null if nothing. */
  static @Nullable String missing() {
    return missing(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The same in another environment. */
  static @Nullable String missing(Map<String, String> environment, Path home) {
    if (environment.containsKey("KUBERNETES_SERVICE_HOST")
        || environment.containsKey("KUBERNETES_MASTER")) {
      return null;
    }
    String named = environment.getOrDefault("KUBECONFIG", "");
    if (!named.isBlank()) {
      boolean exists =
          Arrays.stream(named.split(File.pathSeparator)).map(Path::of).anyMatch(Files::exists);
      return exists
          ? null
          : "KUBECONFIG names " + named + ", which does not exist; name the file of a cluster";
    }
    return Files.exists(home.resolve(".kube/config"))
        ? null
        : "there is no Kubernetes cluster to work with: this is no pod, and there is no"
            + " ~/.kube/config; let KUBECONFIG name a file, or run clusters without Kubernetes with"
            + " `quorate-operator local`";
  }
}

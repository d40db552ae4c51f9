package dev.quorate.operator.resource;

import dev.quorate.crds.RaftClusterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Which image of the node a cluster runs.
 *
 * @param repository where the operator's own releases are
 * @param version what a cluster gets that names none
 */
public record NodeImages(String repository, String version) {
  /**
   * The same for a cluster that has a version already: it keeps that until its spec names another,
   * whatever the operator's own version is by now.
   */
  public NodeImages having(@Nullable String established) {
    return established == null ? this : new NodeImages(repository, established);
  }

  /** The version that the spec asks for; null if it names an image, which says nothing of that. */
  public @Nullable String versionOf(RaftClusterSpec spec) {
    if (spec.image() != null) {
      return null;
    }
    return spec.version() == null ? version : spec.version();
  }

  String imageOf(RaftClusterSpec spec) {
    return spec.image() != null ? spec.image().reference() : repository + ":" + versionOf(spec);
  }
}

package dev.quorate.operator.resource;

import dev.quorate.crds.RaftClusterSpec;

/**
 * Which image of the node a cluster runs.
 *
 * @param repository where the operator's own releases are
 * @param version what a cluster gets that names none
 */
public record NodeImages(String repository, String version) {
  String imageOf(RaftClusterSpec spec) {
    if (spec.image() != null) {
      return spec.image().reference();
    }
    return repository + ":" + (spec.version() == null ? version : spec.version());
  }
}

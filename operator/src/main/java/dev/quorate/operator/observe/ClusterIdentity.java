package dev.quorate.operator.observe;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ClusterKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The identity of a new cluster: made from the resource's UID, so that an operator that starts
 * again in the middle of making it comes to the same one.
 */
final class ClusterIdentity {
  private ClusterIdentity() {}

  static long of(RaftCluster cluster) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var text = ClusterKey.of(cluster) + "/" + cluster.getMetadata().getUid();
      long id = ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
      return id == 0 ? 1 : id;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}

package dev.quorate.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/** The ids of a cluster's first members, derived as etcd does: equal flags give equal ids. */
final class MemberIds {
  private MemberIds() {}

  /** The id of a member that is there from the start: its peer URLs and the cluster's token. */
  static long memberId(List<String> peerUrls, String token) {
    String joined = String.join("", peerUrls.stream().sorted().toList()) + token;
    return firstEightBytes(joined.getBytes(StandardCharsets.UTF_8));
  }

  /** The id of a cluster that begins with these members. */
  static long clusterId(Collection<Long> memberIds) {
    var bytes = ByteBuffer.allocate(Long.BYTES * memberIds.size());
    memberIds.stream().sorted(Long::compareUnsigned).forEach(bytes::putLong);
    return firstEightBytes(bytes.array());
  }

  private static long firstEightBytes(byte[] bytes) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}

package dev.quorate.node.kv;

import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.ResponseHeader;

/** What applying one command gave; the same on every member. */
public sealed interface ApplyResult {
  /** etcd's response message without a header; {@code revision} belongs into the header. */
  record Done(MessageLite response, long revision) implements ApplyResult {
    /** The header with what only the answering member knows. */
    public ResponseHeader header(long clusterId, long memberId, long term) {
      return ResponseHeader.newBuilder()
          .setClusterId(clusterId)
          .setMemberId(memberId)
          .setRevision(revision)
          .setRaftTerm(term)
          .build();
    }
  }

  record Refused(KvError error) implements ApplyResult {}
}

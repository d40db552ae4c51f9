package dev.quorate.node.kv;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants;

/** What the entries of the log say. */
final class EntryData {
  /** Far beyond what any request can be, so that no entry is ever refused for its depth. */
  private static final int MAX_MESSAGE_DEPTH = 1000;

  private EntryData() {}

  /** Reads a message without copying its bytes: an entry's data is never changed. */
  static <M extends Message> M parse(M prototype, Bytes data, long index) {
    var input = UnsafeByteOperations.unsafeWrap(data.array()).newCodedInput();
    input.enableAliasing(true);
    // A command wraps what a client's parser has let through, so it is nested deeper than that.
    input.setRecursionLimit(MAX_MESSAGE_DEPTH);
    try {
      @SuppressWarnings("unchecked")
      var message = (M) prototype.getParserForType().parseFrom(input);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw Invariants.violation("entry " + index + " cannot be read: " + e.getMessage());
    }
  }
}

package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.RaftMessage;
import dev.quorate.raft.Message;
import org.jspecify.annotations.Nullable;

/** Encodes what a leader sends to several followers once, as long as they want the same. */
final class SharedEncoding {
  private Message.@Nullable AppendEntries last;
  private @Nullable RaftMessage encoded;

  /** Null for what does not travel in a message. */
  @Nullable RaftMessage encode(Message message) {
    if (!(message instanceof Message.AppendEntries append) || append.entries().isEmpty()) {
      return MessageCodec.encode(message);
    }
    if (encoded == null || last == null || !isSame(last, append)) {
      last = append;
      encoded = MessageCodec.encode(append);
    }
    return encoded;
  }

  private static boolean isSame(Message.AppendEntries one, Message.AppendEntries other) {
    // Entries with the same ids are the same entries (thesis, Log Matching).
    return one.term() == other.term()
        && one.committedIndex() == other.committedIndex()
        && one.previous().equals(other.previous())
        && one.entries().size() == other.entries().size()
        && one.entries().getLast().id().equals(other.entries().getLast().id());
  }
}

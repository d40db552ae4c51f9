package dev.quorate.raft;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import java.util.List;

/** Tells messages that no correct peer sends: a damaged or hostile one must not break a node. */
final class MessageCheck {
  private MessageCheck() {}

  static boolean isSound(Message message) {
    if (message.from() == 0 || message.term() <= 0) {
      return false;
    }
    return switch (message) {
      case Message.AppendEntries append ->
          append.committedIndex() >= 0
              && isSound(append.previous(), append.entries(), append.term());
      case Message.AppendReply reply -> reply.index() >= 0 && isPosition(reply.hint());
      case Message.VoteRequest request -> isPosition(request.last());
      case Message.InstallSnapshot install ->
          isPosition(install.snapshot().id())
              && install.snapshot().id().term() <= install.term()
              && !install.snapshot().configuration().voters().isEmpty();
      case Message.Heartbeat heartbeat -> heartbeat.committedIndex() >= 0;
      case Message.ReadReply reply -> reply.index() >= 0;
      case Message.HeartbeatReply _,
          Message.VoteReply _,
          Message.TimeoutNow _,
          Message.ForwardProposals _,
          Message.ForwardRead _ ->
          true;
    };
  }

  /** Entries follow each other without gaps, and terms never go down nor beyond the sender's. */
  private static boolean isSound(EntryId previous, List<Entry> entries, long term) {
    if (!isPosition(previous)) {
      return false;
    }
    long lastTerm = previous.term();
    long lastIndex = previous.index();
    for (Entry entry : entries) {
      if (entry.index() != lastIndex + 1 || entry.term() < lastTerm || entry.term() == 0) {
        return false;
      }
      lastTerm = entry.term();
      lastIndex = entry.index();
    }
    return lastTerm <= term;
  }

  private static boolean isPosition(EntryId id) {
    return id.term() >= 0 && id.index() >= 0;
  }
}

package dev.quorate.raft;

import dev.quorate.raft.Ready.ReadResult;
import java.util.ArrayList;
import java.util.List;

/** Collects what leaves the core with the next {@link Ready}. */
final class Outbox {
  private List<Message> now = new ArrayList<>();
  private List<Message> afterAppend = new ArrayList<>();
  private List<ReadResult> reads = new ArrayList<>();
  private List<Long> snapshotsWanted = new ArrayList<>();

  void sendNow(Message message) {
    now.add(message);
  }

  /** A later answer about the same log says all that an earlier one says: only it is sent. */
  void sendAfterAppend(Message message) {
    if (!afterAppend.isEmpty() && says(message, afterAppend.getLast())) {
      afterAppend.set(afterAppend.size() - 1, message);
    } else {
      afterAppend.add(message);
    }
  }

  private static boolean says(Message later, Message earlier) {
    return later instanceof Message.AppendReply second
        && earlier instanceof Message.AppendReply first
        && !second.rejected()
        && !first.rejected()
        && second.to() == first.to()
        && second.term() == first.term()
        && second.index() >= first.index();
  }

  void readDone(long id, long index) {
    reads.add(new ReadResult(id, true, index));
  }

  void readRefused(long id) {
    reads.add(new ReadResult(id, false, 0));
  }

  void wantSnapshot(long follower) {
    snapshotsWanted.add(follower);
  }

  boolean isEmpty() {
    return now.isEmpty() && afterAppend.isEmpty() && reads.isEmpty() && snapshotsWanted.isEmpty();
  }

  List<Message> takeNow() {
    var taken = now;
    now = taken.isEmpty() ? taken : new ArrayList<>();
    return taken.isEmpty() ? List.of() : taken;
  }

  List<Message> takeAfterAppend() {
    var taken = afterAppend;
    afterAppend = taken.isEmpty() ? taken : new ArrayList<>();
    return taken.isEmpty() ? List.of() : taken;
  }

  List<ReadResult> takeReads() {
    var taken = reads;
    reads = taken.isEmpty() ? taken : new ArrayList<>();
    return taken.isEmpty() ? List.of() : taken;
  }

  List<Long> takeSnapshotsWanted() {
    var taken = snapshotsWanted;
    snapshotsWanted = taken.isEmpty() ? taken : new ArrayList<>();
    return taken.isEmpty() ? List.of() : taken;
  }
}

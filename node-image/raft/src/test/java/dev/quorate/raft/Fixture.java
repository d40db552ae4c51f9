package dev.quorate.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Nodes in a wanted state, and short ways to write what they say. Node 1 is looked at. */
final class Fixture {
  static final int HEARTBEAT_TICKS = 2;
  static final int ELECTION_TICKS = 10;

  private Fixture() {}

  static EntryId id(long term, long index) {
    return new EntryId(term, index);
  }

  static Entry entry(long term, long index) {
    return new Entry(id(term, index), EntryKind.COMMAND, text(term + "/" + index));
  }

  static Entry termStart(long term, long index) {
    return new Entry(id(term, index), EntryKind.TERM_START, Bytes.EMPTY);
  }

  static Bytes text(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }

  /** Of three voters, with a log of entries of these terms, all durable, none committed. */
  static RaftNode follower(long term, long... terms) {
    return node(List.of(1L, 2L, 3L), new HardState(term, 0, 0), terms);
  }

  static RaftNode node(List<Long> voters, HardState hardState, long... terms) {
    var entries = new ArrayList<Entry>();
    for (long entryTerm : terms) {
      entries.add(entry(entryTerm, entries.size() + 1L));
    }
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(voters));
    RandomGenerator noSpread = () -> 0L;
    return new RaftNode(
        config(1 << 20, 256, 64 << 20),
        new RestoredState(hardState, base, entries, 0),
        noSpread,
        RaftTrace.NONE);
  }

  static RaftConfig config(int maxAppendBytes, int maxInFlightMessages, long maxUnappliedBytes) {
    return new RaftConfig(
        1,
        HEARTBEAT_TICKS,
        ELECTION_TICKS,
        ELECTION_TICKS,
        maxAppendBytes,
        maxInFlightMessages,
        16 << 20,
        maxUnappliedBytes);
  }

  /** The leader of term 1 whose first entry is durable here, but sent to nobody yet. */
  static RaftNode leader(RaftConfig config, List<Long> voters) {
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(voters));
    RandomGenerator noSpread = () -> 0L;
    var node =
        new RaftNode(
            config,
            new RestoredState(HardState.INITIAL, base, List.of(), 0),
            noSpread,
            RaftTrace.NONE);
    ticks(node, config.electionTimeoutTicks());
    for (long voter : voters) {
      node.step(new Message.VoteReply(voter, 1, 1, true, true));
    }
    node.ready();
    for (long voter : voters) {
      node.step(new Message.VoteReply(voter, 1, 1, false, true));
    }
    return node;
  }

  /** The leader of term 1 of three, whose first entry everybody has and knows committed. */
  static RaftNode settledLeader(RaftConfig config) {
    var node = leader(config, List.of(1L, 2L, 3L));
    node.ready();
    node.persisted(id(1, 1));
    node.step(appended(2, 1));
    node.step(appended(3, 1));
    node.ready();
    node.applied(1);
    node.ready();
    return node;
  }

  static RaftNode settledLeader() {
    return settledLeader(config(1 << 20, 256, 64 << 20));
  }

  static void ticks(RaftNode node, int count) {
    for (int i = 0; i < count; i++) {
      node.tick();
    }
  }

  static Message.AppendReply appended(long from, long index) {
    return new Message.AppendReply(from, 1, 1, false, index, EntryId.ZERO);
  }

  static Message.AppendEntries append(
      long term, EntryId previous, long committed, Entry... entries) {
    return new Message.AppendEntries(2, 1, term, previous, List.of(entries), committed);
  }
}

package dev.quorate.raft.script;

import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftConfig;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftTrace;
import dev.quorate.raft.Ready;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A node with a disk and a state machine that do what the script says. */
final class ScriptHost {
  /** Election timeouts are 10 ticks for node 1, 11 for node 2, and so on. */
  private record FixedRandom(long id) implements RandomGenerator {
    @Override
    public long nextLong() {
      return id;
    }

    @Override
    public int nextInt(int bound) {
      return (int) ((id - 1) % bound);
    }
  }

  private final long id;
  private final RaftTrace trace;
  private RaftNode node;

  /** Batches that were handed to the disk and are not durable yet. */
  private final ArrayDeque<Ready> unsynced = new ArrayDeque<>();

  private final List<Entry> durable = new ArrayList<>();
  private HardState hardState = HardState.INITIAL;
  private Snapshot base;
  private Snapshot applied;
  private boolean lateDisk;
  private boolean lateApply;
  private long toApply;
  private int electionTicks = 10;
  private int leastElectionTicks = 10;

  ScriptHost(long id, Snapshot base, RaftTrace trace) {
    this.id = id;
    this.base = base;
    this.applied = base;
    this.trace = trace;
    this.node = start();
  }

  private RaftNode start() {
    var config = new RaftConfig(id, 3, electionTicks, leastElectionTicks, 200, 4, 400, 400);
    var restored = new RestoredState(hardState, base, List.copyOf(durable), applied.id().index());
    return new RaftNode(config, restored, new FixedRandom(id), trace);
  }

  /** Starts anew with an election timeout that adapts. */
  void adapt(int least, int most) {
    leastElectionTicks = least;
    electionTicks = most;
    restart();
  }

  RaftNode node() {
    return node;
  }

  Snapshot snapshot() {
    return applied;
  }

  void lateDisk(boolean late) {
    lateDisk = late;
  }

  void lateApply(boolean late) {
    lateApply = late;
  }

  /** What was not synced is lost. */
  void restart() {
    unsynced.clear();
    toApply = applied.id().index();
    node = start();
  }

  /** Its disk is emptied: all is lost. */
  void wipe() {
    durable.clear();
    hardState = HardState.INITIAL;
    base = Snapshot.NONE;
    applied = base;
    toApply = 0;
    restart();
  }

  /** Does what a ready batch asks for; returns what can be sent now. */
  List<Message> handle(Ready ready) {
    var messages = new ArrayList<>(ready.sendNow());
    unsynced.add(ready);
    if (!lateDisk) {
      messages.addAll(sync(Integer.MAX_VALUE));
    }
    if (!ready.committed().isEmpty()) {
      toApply = ready.committed().getLast().index();
    }
    if (!lateApply) {
      apply();
    }
    return messages;
  }

  void apply() {
    if (toApply > applied.id().index()) {
      EntryId last = new EntryId(term(toApply), toApply);
      node.applied(toApply);
      applied = new Snapshot(last, node.status().configuration());
    }
  }

  private long term(long index) {
    return durable.get((int) (index - base.id().index() - 1)).term();
  }

  /** Makes this many batches durable, tells the core, and returns what may leave now. */
  List<Message> sync(int batches) {
    var messages = new ArrayList<Message>();
    for (int i = 0; i < batches && !unsynced.isEmpty(); i++) {
      Ready ready = unsynced.removeFirst();
      write(ready);
      if (!ready.entries().isEmpty()) {
        node.persisted(ready.entries().getLast().id());
      } else if (ready.snapshot() != null) {
        node.persisted(ready.snapshot().id());
      }
      messages.addAll(ready.sendAfterAppend());
    }
    return messages;
  }

  private void write(Ready ready) {
    if (ready.hardState() != null) {
      hardState = ready.hardState();
    }
    if (ready.snapshot() != null) {
      base = ready.snapshot();
      applied = base;
      durable.clear();
    }
    for (Entry entry : ready.entries()) {
      int position = (int) (entry.index() - base.id().index() - 1);
      durable.subList(position, durable.size()).clear();
      durable.add(entry);
    }
  }

  void removeLog(long index) {
    node.removeLogUpTo(index);
  }
}

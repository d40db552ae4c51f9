package dev.quorate.raft;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.Configuration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The leader's side of the log's way to the other members (thesis, section 3.5). */
final class Replication {
  private final Raft raft;
  private final TreeMap<Long, Progress> members = new TreeMap<>();

  /** The term of a sole voter is not proven durable by the votes of others. */
  private boolean termIsDurable;

  Replication(Raft raft, boolean termIsDurable) {
    this.raft = raft;
    this.termIsDurable = termIsDurable;
    raft.configuration().voters().forEach(id -> add(id, false));
    raft.configuration().learners().forEach(id -> add(id, false));
  }

  private void add(long id, boolean isNew) {
    if (id != raft.id() && !members.containsKey(id)) {
      var inFlight =
          new InFlight(raft.config.maxInFlightMessages(), raft.config.maxInFlightBytes());
      var roundTrips = new RoundTrips(raft.config);
      members.put(id, new Progress(raft.log.lastIndex() + 1, inFlight, roundTrips, isNew));
    }
  }

  /** Who is new had no chance to be heard yet, so it counts as active until the next check. */
  void reconfigure(Configuration configuration) {
    members.keySet().removeIf(id -> !configuration.contains(id));
    configuration.voters().forEach(id -> add(id, true));
    configuration.learners().forEach(id -> add(id, true));
  }

  void tick() {
    members.values().forEach(progress -> progress.roundTrips().tick());
  }

  void termDurable() {
    termIsDurable = true;
  }

  /**
   * A leader's messages need not wait for its disk, except while its term could still be forgotten
   * in a crash: the same term would then begin twice with different entries.
   */
  void send(Message message) {
    if (termIsDurable) {
      raft.outbox.sendNow(message);
    } else {
      raft.outbox.sendAfterAppend(message);
    }
  }

  @Nullable Progress member(long id) {
    return members.get(id);
  }

  Collection<Long> ids() {
    return members.keySet();
  }

  long matchIndex(long id) {
    if (id == raft.id()) {
      return raft.log.durableIndex();
    }
    var progress = members.get(id);
    return progress == null ? 0 : progress.matchIndex();
  }

  boolean isActive(long id) {
    var progress = members.get(id);
    return progress != null && progress.recentlyActive();
  }

  boolean confirmed(long id, long round) {
    var progress = members.get(id);
    return id == raft.id() || (progress != null && progress.confirmedRound() >= round);
  }

  /** Whether a majority was heard since the last time; begins to count anew (section 6.2). */
  boolean checkActivity() {
    boolean active =
        raft.majority()
            .isReached(
                id -> {
                  var progress = members.get(id);
                  return id == raft.id() || (progress != null && progress.activeInPeriod());
                });
    members.values().forEach(Progress::endPeriod);
    return active;
  }

  /** Whether the follower has more than before. */
  boolean appendAnswered(Progress progress, Message.AppendReply reply) {
    progress.heard();
    var log = raft.log;
    if (!reply.rejected()) {
      return reply.index() <= log.lastIndex()
          && progress.matched(reply.index(), log.base().index() + 1);
    }
    progress.refusedBeyond(reply.hint().index());
    if (reply.index() == 0) {
      // Who refuses even the beginning of the log does not know what comes before it.
      if (progress.state() == Progress.State.PROBE && progress.nextIndex() == 1) {
        wantSnapshot(reply.from(), progress);
      }
      return false;
    }
    long next = log.lastIndexWithTermAtMost(reply.hint().index(), reply.hint().term()) + 1;
    if (progress.refused(reply.index(), next)) {
      raft.trace(
          "%x refuses what follows %d, probes from %d"
              .formatted(reply.from(), reply.index(), progress.nextIndex()));
    }
    return false;
  }

  void heartbeat(long round) {
    members.forEach(
        (id, progress) -> {
          long committed = Math.min(raft.log.committedIndex(), progress.matchIndex());
          send(heartbeat(id, progress.roundTrips(), committed, round));
        });
  }

  private Message heartbeat(long id, RoundTrips roundTrips, long committed, long round) {
    return raft.config.adapts()
        ? new Message.Heartbeat(
            raft.id(),
            id,
            raft.term(),
            committed,
            round,
            roundTrips.electionTimeoutTicks(),
            roundTrips.sentTick())
        : new Message.Heartbeat(raft.id(), id, raft.term(), committed, round);
  }

  /** Sends everything that the windows allow, and who needs it the new committed index. */
  void sendAll() {
    members.forEach(this::sendTo);
  }

  private void sendTo(long id, Progress progress) {
    boolean more = true;
    while (more) {
      more = sendAppend(id, progress, false) && progress.state() == Progress.State.REPLICATE;
    }
  }

  /** Finds out whether what is on the way has been lost, or what was there already. */
  void probe(long id, Progress progress) {
    if (progress.matchIndex() < raft.log.lastIndex() || progress.doubtful()) {
      sendAppend(id, progress, true);
    }
  }

  private boolean sendAppend(long id, Progress progress, boolean evenIfEmpty) {
    var log = raft.log;
    long previousIndex = progress.nextIndex() - 1;
    if (progress.state() == Progress.State.SNAPSHOT) {
      return false;
    }
    boolean entriesAllowed = progress.mayGetEntries();
    if (!entriesAllowed && progress.state() == Progress.State.PROBE) {
      return false;
    }
    if (!log.holds(previousIndex)) {
      if (progress.activeInPeriod()) {
        wantSnapshot(id, progress);
      }
      return false;
    }
    List<Entry> entries =
        entriesAllowed
            ? log.entriesFrom(progress.nextIndex(), raft.config.maxAppendBytes())
            : List.of();
    boolean news =
        !entries.isEmpty()
            || progress.toldCommittedIndex() < log.committedIndex()
            || progress.state() == Progress.State.PROBE;
    if (!news && !evenIfEmpty) {
      return false;
    }
    EntryId previous = log.idAt(previousIndex);
    long committed = log.committedIndex();
    send(new Message.AppendEntries(raft.id(), id, raft.term(), previous, entries, committed));
    progress.sent(entries, committed);
    return true;
  }

  private void wantSnapshot(long id, Progress progress) {
    raft.trace("%x needs a snapshot".formatted(id));
    progress.awaitSnapshot();
    raft.outbox.wantSnapshot(id);
  }
}

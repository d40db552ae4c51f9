package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.FollowerStatus;
import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Orders the proposals, commits what a majority has (thesis, section 3.6.2), confirms reads
 * (section 6.4), changes the membership (chapter 4) and hands over (section 3.10). Nothing is sent
 * while an input is handled: {@link #flush} gathers a whole round of inputs into few messages.
 */
final class Leader implements Role {
  private static final int MAX_PAUSE_TICKS = 1 << 10;

  private final Raft raft;
  private final Replication replication;
  private final ReadIndexQueue reads = new ReadIndexQueue();
  private final long termStartIndex;
  private int heartbeatTicks;
  private int checkTicks;
  private int transferTicks;
  private long transferTarget;
  private int asideTicks;
  private int asidePauseTicks;
  private long uncommittedBytes;
  private boolean flushWanted = true;

  Leader(Raft raft) {
    this.raft = raft;
    this.replication = new Replication(raft, !raft.isSoleVoter());
    this.termStartIndex = raft.log.lastIndex() + 1;
  }

  /** Only an entry of its own term tells a leader what is committed (section 6.4). */
  void begin() {
    for (long i = raft.log.committedIndex() + 1; i <= raft.log.lastIndex(); i++) {
      uncommittedBytes += raft.log.at(i).data().size();
    }
    append(EntryKind.TERM_START, Bytes.EMPTY);
  }

  private void append(EntryKind kind, Bytes data) {
    var id = new EntryId(raft.term(), raft.log.lastIndex() + 1);
    raft.log.append(new Entry(id, kind, data));
    uncommittedBytes += data.size();
    flushWanted = true;
  }

  @Override
  public RoleName name() {
    return RoleName.LEADER;
  }

  @Override
  public long leader() {
    return raft.id();
  }

  /** The check of activity bounds how long a leader that lost its majority goes on. */
  @Override
  public boolean leaseHolds() {
    return true;
  }

  long transferTarget() {
    return transferTarget;
  }

  @Override
  public void tick() {
    replication.tick();
    if (++checkTicks >= raft.config.electionTimeoutTicks()) {
      checkTicks = 0;
      if (!replication.checkActivity()) {
        raft.trace("steps down: no majority was heard");
        raft.becomeFollower(raft.term(), 0);
        return;
      }
    }
    if (transferTarget != 0 && ++transferTicks >= raft.config.electionTimeoutTicks()) {
      raft.trace("gives up the transfer to %x".formatted(transferTarget));
      transferTarget = 0;
      if (isRemoved()) {
        leaveToTheBest();
      }
    }
    if (raft.disk.stalls()) {
      stepAside();
    }
    if (++heartbeatTicks >= raft.config.heartbeatTicks()) {
      heartbeatTicks = 0;
      replication.heartbeat(reads.roundRuns() ? reads.round() : 0);
    }
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.AppendReply reply -> appendAnswered(reply);
      case Message.HeartbeatReply reply -> heartbeatAnswered(reply);
      case Message.ForwardProposals forward -> {
        var result = propose(forward.proposals());
        if (result != ProposalResult.APPENDED) {
          raft.trace("drops proposals of %x: %s".formatted(forward.from(), result));
        }
      }
      case Message.ForwardRead read -> read(new ReadIndexQueue.Read(read.id(), read.from()));
      case Message.AppendEntries _,
          Message.Heartbeat _,
          Message.VoteRequest _,
          Message.VoteReply _,
          Message.InstallSnapshot _,
          Message.TimeoutNow _,
          Message.ReadReply _ -> {}
    }
  }

  private void appendAnswered(Message.AppendReply reply) {
    var progress = replication.member(reply.from());
    if (progress == null) {
      return;
    }
    flushWanted = true;
    if (replication.appendAnswered(progress, reply)) {
      commit();
      if (reply.from() == transferTarget) {
        hurryTransfer();
      }
    }
  }

  private void heartbeatAnswered(Message.HeartbeatReply reply) {
    var progress = replication.member(reply.from());
    if (progress == null) {
      return;
    }
    progress.heartbeatAnswered(reply.round());
    progress.roundTrips().heartbeatAnswered(reply.sentTick());
    replication.probe(reply.from(), progress);
    grantReads();
  }

  /** Entries of former terms are committed only by one of this term behind them (3.6.2). */
  private void commit() {
    var log = raft.log;
    long before = log.committedIndex();
    long index = raft.majority().committedIndex(replication::matchIndex);
    if (index > before && log.idAt(index).term() == raft.term() && log.commitTo(index)) {
      for (long i = before + 1; i <= index; i++) {
        uncommittedBytes -= log.at(i).data().size();
      }
      flushWanted = true;
    }
  }

  @Override
  public void logDurable() {
    if (raft.log.durableIndex() >= termStartIndex) {
      replication.termDurable();
    }
    commit();
  }

  @Override
  public ProposalResult propose(List<Bytes> commands) {
    if (transferTarget != 0) {
      return ProposalResult.TRANSFERRING;
    }
    long bytes = 0;
    for (Bytes command : commands) {
      bytes += command.size();
    }
    // One that is too large on its own must get through when nothing else waits.
    long waitingBytes = uncommittedBytes + raft.log.unappliedBytes();
    if (waitingBytes > 0 && waitingBytes + bytes > raft.config.maxUnappliedBytes()) {
      return ProposalResult.OVERLOADED;
    }
    for (Bytes command : commands) {
      append(EntryKind.COMMAND, command);
    }
    return ProposalResult.APPENDED;
  }

  ProposalResult proposeMembership(MembershipChange change, Bytes context) {
    if (transferTarget != 0) {
      return ProposalResult.TRANSFERRING;
    }
    if (raft.log.committedIndex() < termStartIndex || raft.log.membershipPending()) {
      return ProposalResult.CHANGE_PENDING;
    }
    if (raft.configuration().after(change).isEmpty()) {
      return ProposalResult.INVALID_CHANGE;
    }
    append(EntryKind.MEMBERSHIP, new MembershipEntry(change, context).encode());
    return ProposalResult.APPENDED;
  }

  @Override
  public void requestRead(long id) {
    read(new ReadIndexQueue.Read(id, raft.id()));
  }

  private void read(ReadIndexQueue.Read read) {
    if (raft.log.committedIndex() < termStartIndex) {
      answer(read, false, 0);
    } else if (raft.isSoleVoter()) {
      answer(read, true, raft.log.committedIndex());
    } else {
      reads.add(read);
      flushWanted = true;
    }
  }

  private void grantReads() {
    if (reads.roundRuns()
        && raft.majority().isReached(id -> replication.confirmed(id, reads.round()))) {
      long index = reads.readIndex();
      reads.endRound().forEach(read -> answer(read, true, index));
      flushWanted |= reads.wantsRound();
    }
  }

  private void answer(ReadIndexQueue.Read read, boolean granted, long index) {
    if (read.from() != raft.id()) {
      replication.send(
          new Message.ReadReply(raft.id(), read.from(), raft.term(), read.id(), granted, index));
    } else if (granted) {
      raft.outbox.readDone(read.id(), index);
    } else {
      raft.outbox.readRefused(read.id());
    }
  }

  /**
   * A leader whose disk stands still goes on committing what the others have, but can answer none
   * of its own clients. If the transfer fails it tries again after pauses that grow.
   */
  private void stepAside() {
    if (transferTarget != 0 || --asideTicks > 0) {
      return;
    }
    long best = mostCaughtUp(replication::isActive);
    if (replication.matchIndex(best) > raft.log.durableIndex()) {
      asidePauseTicks =
          Math.clamp(2L * asidePauseTicks, raft.config.electionTimeoutTicks(), MAX_PAUSE_TICKS);
      asideTicks = asidePauseTicks;
      raft.trace("steps aside: its disk stands still at %d".formatted(raft.log.durableIndex()));
      transferTo(best);
    }
  }

  boolean transferTo(long target) {
    if (target == raft.id() || !raft.configuration().isVoter(target)) {
      return false;
    }
    if (target != transferTarget) {
      raft.trace("hands over to %x".formatted(target));
      transferTarget = target;
      transferTicks = 0;
      flushWanted = true;
      hurryTransfer();
    }
    return true;
  }

  /** The target may campaign at once when it has everything. */
  private void hurryTransfer() {
    if (replication.matchIndex(transferTarget) == raft.log.lastIndex()) {
      replication.send(new Message.TimeoutNow(raft.id(), transferTarget, raft.term()));
    }
  }

  void snapshotSent(long to, EntryId snapshot, boolean installed) {
    var progress = replication.member(to);
    if (progress != null) {
      raft.trace("snapshot for %x: %s".formatted(to, installed ? "installed" : "failed"));
      progress.snapshotSent(snapshot.index(), installed);
      flushWanted = true;
    }
  }

  @Override
  public void applied() {
    var configuration = raft.configuration();
    replication.reconfigure(configuration);
    if (!configuration.isVoter(transferTarget)) {
      transferTarget = 0;
    }
    // A smaller majority may have been reached already.
    commit();
    grantReads();
    flushWanted = true;
    if (isRemoved() && transferTarget == 0) {
      leaveToTheBest();
    }
  }

  private boolean isRemoved() {
    return !raft.configuration().isVoter(raft.id());
  }

  /**
   * A leader that was removed takes nothing new and leads, without counting itself, until one of
   * the others does (section 4.2.2). If it just went silent they might not know of the removal, and
   * with its vote missing but its log the longest they could elect nobody.
   */
  private void leaveToTheBest() {
    transferTo(mostCaughtUp(_ -> true));
  }

  /** Of the other voters; 0 if there is none. */
  private long mostCaughtUp(LongPredicate eligible) {
    long best = 0;
    for (long voter : raft.otherVoters()) {
      if (eligible.test(voter)
          && (best == 0 || replication.matchIndex(voter) > replication.matchIndex(best))) {
        best = voter;
      }
    }
    return best;
  }

  @Override
  public boolean wantsFlush() {
    return flushWanted;
  }

  @Override
  public void flush() {
    if (!flushWanted) {
      return;
    }
    flushWanted = false;
    replication.sendAll();
    if (reads.wantsRound()) {
      reads.beginRound(raft.log.committedIndex());
      replication.heartbeat(reads.round());
      grantReads();
    }
  }

  /** Forwarded reads are refused by the follower itself when it learns of the change. */
  @Override
  public void leave() {
    for (var read : reads.drain()) {
      if (read.from() == raft.id()) {
        raft.outbox.readRefused(read.id());
      }
    }
  }

  List<FollowerStatus> followers() {
    var list = new ArrayList<FollowerStatus>();
    for (long id : replication.ids()) {
      var progress = replication.member(id);
      if (progress != null) {
        list.add(
            new FollowerStatus(
                id,
                raft.configuration().learners().contains(id),
                progress.matchIndex(),
                progress.recentlyActive(),
                progress.state() == Progress.State.SNAPSHOT));
      }
    }
    return list;
  }
}

package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.EntryId;
import java.util.List;
import java.util.TreeSet;

/**
 * Takes the log from the leader (thesis, section 3.5) and notices when there is none (section 3.4).
 * A learner, and a node that has no configuration yet, is a follower that never campaigns.
 */
final class Follower implements Role {
  private final Raft raft;
  private long leader;
  private int elapsedTicks;

  /** As it was drawn for the configured election timeout. */
  private int drawnTicks;

  private int timeoutTicks;

  /** The election timeout in force: the configured one, but for as long as this leader advises. */
  private int leastTicks;

  /** The connection to the leader broke, and nothing was heard of it since. */
  private boolean leaderLost;

  /**
   * For so long what is heard of the leader may have been on its way when the connection broke, and
   * proves nothing.
   */
  private int doubtTicks;

  /** Nothing was heard yet that proves that the leader lives on. */
  private boolean leaderDoubted;

  /** The leader handed over, but a committed membership change has to be applied first. */
  private boolean campaignWhenApplied;

  /** Forwarded reads without an answer: of this election timeout, and of the one before. */
  private TreeSet<Long> newReads = new TreeSet<>();

  private TreeSet<Long> oldReads = new TreeSet<>();
  private int readTicks;

  /**
   * A follower that has just heard of its leader, or waits for one.
   *
   * @param doubted whether there was a reason to ask for pre-votes in this term
   */
  Follower(Raft raft, long leader, boolean doubted) {
    this.raft = raft;
    this.leader = leader;
    this.leastTicks = raft.config.electionTimeoutTicks();
    drawTimeout();
    if (doubted && leader != 0) {
      doubtLeader();
      timeoutTicks = doubtedTimeoutTicks();
    }
  }

  private void drawTimeout() {
    drawnTicks = raft.timing.followerTicks();
    timeoutTicks = raft.timing.scaled(drawnTicks, leastTicks);
  }

  private void use(int electionTimeoutTicks) {
    if (electionTimeoutTicks == leastTicks) {
      return;
    }
    leastTicks = electionTimeoutTicks;
    if (!leaderLost && !leaderDoubted) {
      timeoutTicks = raft.timing.scaled(drawnTicks, leastTicks);
    }
  }

  private void doubtLeader() {
    leaderDoubted = true;
    doubtTicks = raft.config.heartbeatTicks();
  }

  private void drawAgain() {
    if (leaderDoubted) {
      timeoutTicks = doubtedTimeoutTicks();
    } else {
      drawTimeout();
    }
  }

  /** A leader that lives has sent a heartbeat by then. */
  private int doubtedTimeoutTicks() {
    return raft.config.heartbeatTicks() + raft.timing.heartbeatTicks();
  }

  @Override
  public RoleName name() {
    return raft.configuration().learners().contains(raft.id())
        ? RoleName.LEARNER
        : RoleName.FOLLOWER;
  }

  @Override
  public long leader() {
    return leader;
  }

  int electionTimeoutTicks() {
    return leastTicks;
  }

  /**
   * Who would ask itself by now lets others ask: so the timeout in force decides, also a short one.
   * A lease protects a living leader from being disturbed, and nothing that is read depends on it.
   */
  @Override
  public boolean leaseHolds() {
    return leader != 0 && !leaderLost && elapsedTicks < leastTicks;
  }

  /** The term or its leader changed; only a living leader gives us more time. */
  void newTerm(long newLeader) {
    leave();
    campaignWhenApplied = false;
    use(raft.config.electionTimeoutTicks());
    leader = newLeader;
    leaderLost = false;
    leaderDoubted = false;
    if (newLeader != 0) {
      restartTimer();
    }
  }

  void restartTimer() {
    elapsedTicks = 0;
    drawTimeout();
  }

  @Override
  public void tick() {
    elapsedTicks++;
    doubtTicks--;
    expireReads();
    if (raft.isSoleVoter() && raft.mayCampaign()) {
      raft.becomePreCandidate(0, true);
    } else if (elapsedTicks >= timeoutTicks) {
      leaderWasSilent();
      newTerm(0);
      restartTimer();
      if (raft.mayCampaign()) {
        raft.becomePreCandidate(0, true);
      }
    }
  }

  /**
   * Asks for pre-votes within a heartbeat's time instead of an election timeout, and lets others
   * ask. If the leader lives on, its next heartbeats end the doubt, and who hears it refuses the
   * pre-vote: so this disturbs no leader that a majority still hears. One message proves little: it
   * came by another connection, whose last bytes may be read after the end of this one. It would
   * break reads by lease, which the core does not offer, since those trust that nobody votes for an
   * election timeout.
   */
  @Override
  public void peerLost(long peer) {
    if (peer == leader && !leaderLost) {
      leaderLost = true;
      doubtLeader();
      timeoutTicks = Math.min(timeoutTicks, elapsedTicks + raft.timing.heartbeatTicks());
    }
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.AppendEntries append -> {
        if (heard(append.from()) && !isBehind(append)) {
          append(append);
        }
      }
      case Message.Heartbeat beat -> {
        if (heard(beat.from())) {
          use(raft.timing.leastTicks(beat.electionTimeoutTicks()));
          requireLogUpTo(beat.committedIndex());
          commitTo(beat.committedIndex());
          raft.outbox.sendNow(
              new Message.HeartbeatReply(
                  raft.id(), beat.from(), raft.term(), beat.round(), beat.sentTick()));
        }
      }
      case Message.InstallSnapshot install -> {
        if (heard(install.from())) {
          raft.restore(install.snapshot());
          accept(install.from(), raft.log.committedIndex());
        }
      }
      case Message.TimeoutNow now -> {
        if (now.from() == leader || leader == 0) {
          handOver();
        }
      }
      case Message.ReadReply reply -> readAnswered(reply);
      case Message.AppendReply _,
          Message.HeartbeatReply _,
          Message.VoteRequest _,
          Message.VoteReply _,
          Message.ForwardProposals _ -> {}
      case Message.ForwardRead read ->
          raft.outbox.sendNow(
              new Message.ReadReply(raft.id(), read.from(), raft.term(), read.id(), false, 0));
    }
  }

  /** Whether this comes from the leader of the term; there is never a second one. */
  private boolean heard(long from) {
    if (leader != 0 && leader != from) {
      raft.trace("ignores %x: the leader of term %d is %x".formatted(from, raft.term(), leader));
      return false;
    }
    leaderWasSilent();
    if (leader == 0) {
      leader = from;
      raft.timing.leaderFound();
      raft.trace("follows %x in term %d".formatted(leader, raft.term()));
    }
    leaderLost = false;
    elapsedTicks = 0;
    if (leaderDoubted) {
      leaderDoubted = doubtTicks > 0;
      drawAgain();
    }
    return true;
  }

  private void leaderWasSilent() {
    if (leader != 0) {
      raft.timing.silent(elapsedTicks);
    }
  }

  /**
   * A heartbeat never tells more than what this node itself has reported as durable to the leader
   * of this term, and within a term no message takes such an entry away again: only what comes from
   * the leader of a later term replaces entries, a snapshot restores only beyond what matches, and
   * a restart brings all of it back. So an end before that index proves that the disk forgot. To go
   * on would be to vote and to append as somebody else under this name: those who count on what was
   * reported could lose what they acknowledged. A new member has reported nothing and is told 0.
   */
  private void requireLogUpTo(long reportedIndex) {
    if (reportedIndex > raft.log.lastIndex()) {
      throw new LogLostException(
          "member %s has reported its log as durable up to index %d, but it ends at index %d"
              .formatted(Raft.hex(raft.id()), reportedIndex, raft.log.lastIndex()));
    }
  }

  /**
   * Entries come faster than the state machine takes them. As if the message were lost: the leader
   * sends no more than fits into its window, and again when a heartbeat is answered.
   */
  private boolean isBehind(Message.AppendEntries message) {
    return !message.entries().isEmpty()
        && raft.log.unappliedBytes() > raft.config.maxUnappliedBytes();
  }

  private void append(Message.AppendEntries message) {
    var log = raft.log;
    EntryId previous = message.previous();
    long lastNewIndex = previous.index() + message.entries().size();
    if (raft.configuration().voters().isEmpty()) {
      // Nothing is known here, not even the membership that the log begins with, and that is in no
      // entry: even the beginning is refused, so that the leader sends a snapshot.
      refuse(message, EntryId.ZERO);
    } else if (lastNewIndex <= log.committedIndex()) {
      accept(message.from(), log.committedIndex());
    } else if (previous.index() >= log.committedIndex() && !log.matches(previous)) {
      long index = log.lastIndexWithTermAtMost(previous.index(), previous.term());
      refuse(message, log.idAt(Math.max(index, log.base().index())));
    } else {
      int known = (int) Math.max(0, log.committedIndex() - previous.index());
      log.appendFromLeader(message.entries().subList(known, message.entries().size()));
      commitTo(Math.min(message.committedIndex(), lastNewIndex));
      accept(message.from(), lastNewIndex);
    }
  }

  private void accept(long to, long index) {
    raft.outbox.sendAfterAppend(
        new Message.AppendReply(raft.id(), to, raft.term(), false, index, EntryId.ZERO));
  }

  private void refuse(Message.AppendEntries message, EntryId hint) {
    raft.outbox.sendNow(
        new Message.AppendReply(
            raft.id(), message.from(), raft.term(), true, message.previous().index(), hint));
  }

  private void commitTo(long index) {
    raft.log.commitTo(index);
  }

  private void handOver() {
    if (raft.mayCampaign()) {
      raft.becomeCandidate(true);
    } else {
      campaignWhenApplied = raft.log.committedMembershipPending();
    }
  }

  @Override
  public void applied() {
    if (campaignWhenApplied && !raft.log.committedMembershipPending()) {
      campaignWhenApplied = false;
      handOver();
    }
  }

  @Override
  public ProposalResult propose(List<Bytes> commands) {
    if (leader == 0) {
      return ProposalResult.NO_LEADER;
    }
    raft.outbox.sendNow(new Message.ForwardProposals(raft.id(), leader, raft.term(), commands));
    return ProposalResult.FORWARDED;
  }

  @Override
  public void requestRead(long id) {
    if (leader == 0) {
      raft.outbox.readRefused(id);
    } else {
      newReads.add(id);
      raft.outbox.sendNow(new Message.ForwardRead(raft.id(), leader, raft.term(), id));
    }
  }

  private void readAnswered(Message.ReadReply reply) {
    if (newReads.remove(reply.id()) || oldReads.remove(reply.id())) {
      if (reply.granted()) {
        raft.outbox.readDone(reply.id(), reply.index());
      } else {
        raft.outbox.readRefused(reply.id());
      }
    }
  }

  /** The question or its answer may be lost: who waits is told after one to two timeouts. */
  private void expireReads() {
    if (++readTicks >= raft.config.electionTimeoutTicks()) {
      readTicks = 0;
      oldReads.forEach(raft.outbox::readRefused);
      oldReads.clear();
      var empty = oldReads;
      oldReads = newReads;
      newReads = empty;
    }
  }

  @Override
  public void leave() {
    oldReads.forEach(raft.outbox::readRefused);
    oldReads.clear();
    newReads.forEach(raft.outbox::readRefused);
    newReads.clear();
  }
}

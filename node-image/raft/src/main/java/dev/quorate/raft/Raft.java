package dev.quorate.raft;

import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.log.RaftLog;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import dev.quorate.raft.quorum.Majority;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state that all roles share, the rules about terms, and the transitions between roles.
 *
 * <p>Legal transitions (thesis, figure 3.3 and section 9.6):
 *
 * <ul>
 *   <li>any to Follower: a message of a newer term (but see leases below), or, for candidates, of a
 *       leader of this term;
 *   <li>Follower to PreCandidate: no leader was heard for an election timeout, or for a heartbeat's
 *       time since the connection to it broke;
 *   <li>Follower to Candidate: the leader hands over ({@code TimeoutNow});
 *   <li>PreCandidate to Candidate: a majority would vote; to Follower: a majority would not; to
 *       itself, for the next round: timeout;
 *   <li>Candidate to Leader: a majority voted; to Follower: a majority refused; to PreCandidate:
 *       timeout, or a rival of the same term that comes second;
 *   <li>Leader to Follower: no majority was heard for an election timeout.
 * </ul>
 *
 * <p>Learners never become candidates; everybody answers vote requests, because who asks may know
 * of a promotion that we do not know of yet. A request to vote is ignored while a leader is alive
 * (section 4.2.3), unless that leader asked for it.
 */
final class Raft {
  final RaftConfig config;
  final RaftLog log;
  final Outbox outbox = new Outbox();
  final DiskWatch disk;
  final ElectionTiming timing;
  private final RaftTrace trace;
  private long term;
  private long vote;
  private Configuration configuration;
  private Majority majority;
  private Role role;
  private @Nullable Snapshot snapshotToInstall;

  Raft(RaftConfig config, RestoredState restored, RandomGenerator random, RaftTrace trace) {
    Invariants.check(config.id() != 0, "a node's id must not be 0");
    this.config = config;
    this.disk = new DiskWatch(config);
    this.timing = new ElectionTiming(config, random);
    this.trace = trace;
    this.term = restored.hardState().term();
    this.vote = restored.hardState().vote();
    this.log =
        new RaftLog(
            restored.base().id(),
            restored.entries(),
            restored.hardState().committed(),
            restored.appliedIndex());
    this.configuration = restored.base().configuration();
    this.majority = new Majority(configuration.voters());
    takeMembershipFrom(restored.base().id().index() + 1, restored.appliedIndex());
    this.role = new Follower(this, 0, false);
  }

  long id() {
    return config.id();
  }

  long term() {
    return term;
  }

  long vote() {
    return vote;
  }

  Role role() {
    return role;
  }

  Configuration configuration() {
    return configuration;
  }

  Majority majority() {
    return majority;
  }

  @Nullable Snapshot snapshotToInstall() {
    return snapshotToInstall;
  }

  void snapshotHandedOut() {
    snapshotToInstall = null;
  }

  void trace(String text) {
    trace.event(text);
  }

  /** Of two that ask for votes at a time: the one with the better log, then the greater id. */
  boolean comesBefore(Message.VoteRequest rival) {
    EntryId own = log.last();
    return rival.last().equals(own) ? id() > rival.from() : !rival.last().atLeastAsUpToDateAs(own);
  }

  boolean isSoleVoter() {
    return configuration.voters().size() == 1 && configuration.isVoter(id());
  }

  /**
   * A change takes effect when it is applied: who knows of a committed one and has not applied it
   * yet would count the votes of a configuration that may be two steps behind. Learners wait, and
   * who knows nothing yet; but who was removed goes on (section 4.2.2): it may be the only one that
   * knows of its removal, and the others, without it, no majority.
   */
  boolean mayCampaign() {
    return !configuration.voters().isEmpty()
        && !configuration.learners().contains(id())
        && !log.committedMembershipPending();
  }

  void tick() {
    disk.tick(log);
    timing.tick();
    role.tick();
  }

  void step(Message message) {
    if (message.to() != id() || message.from() == id() || !MessageCheck.isSound(message)) {
      return;
    }
    if (message.term() < term) {
      answerOldTerm(message);
    } else if (message.term() == term || acceptNewTerm(message)) {
      if (message instanceof Message.VoteRequest request) {
        answerVoteRequest(request);
      } else {
        role.step(message);
      }
    }
  }

  /** Takes over the newer term where the message proves one; false to ignore the message. */
  private boolean acceptNewTerm(Message message) {
    switch (message) {
      case Message.VoteRequest request -> {
        if (!request.leadershipTransfer() && role.leaseHolds()) {
          return false;
        }
        if (!request.preVote()) {
          becomeFollower(request.term(), 0);
        }
      }
      case Message.VoteReply reply -> {
        if (!reply.preVote() || !reply.granted()) {
          becomeFollower(reply.term(), 0);
        }
      }
      case Message.AppendEntries _, Message.Heartbeat _, Message.InstallSnapshot _ ->
          becomeFollower(message.term(), message.from());
      case Message.AppendReply _,
          Message.HeartbeatReply _,
          Message.TimeoutNow _,
          Message.ForwardProposals _,
          Message.ForwardRead _,
          Message.ReadReply _ ->
          becomeFollower(message.term(), 0);
    }
    return true;
  }

  /**
   * Tells who is behind so that it steps down. Without this, a node with a newer term that may not
   * disturb the leader by vote requests would stay outside for ever.
   */
  private void answerOldTerm(Message message) {
    switch (message) {
      case Message.AppendEntries append ->
          outbox.sendNow(
              new Message.AppendReply(
                  id(), append.from(), term, true, append.previous().index(), log.last()));
      case Message.Heartbeat heartbeat ->
          outbox.sendNow(new Message.HeartbeatReply(id(), heartbeat.from(), term, 0));
      case Message.VoteRequest request ->
          outbox.sendNow(
              new Message.VoteReply(id(), request.from(), term, request.preVote(), false));
      case Message.ForwardRead read ->
          outbox.sendNow(new Message.ReadReply(id(), read.from(), term, read.id(), false, 0));
      case Message.InstallSnapshot _,
          Message.AppendReply _,
          Message.HeartbeatReply _,
          Message.VoteReply _,
          Message.TimeoutNow _,
          Message.ForwardProposals _,
          Message.ReadReply _ -> {}
    }
  }

  /** Thesis, sections 3.6.1 and 9.6; a pre-vote promises nothing, so it need not be durable. */
  private void answerVoteRequest(Message.VoteRequest request) {
    boolean upToDate = request.last().atLeastAsUpToDateAs(log.last());
    if (request.preVote()) {
      boolean granted = upToDate && request.term() > term;
      long replyTerm = granted ? request.term() : term;
      outbox.sendNow(new Message.VoteReply(id(), request.from(), replyTerm, true, granted));
      if (role instanceof PreCandidate preCandidate) {
        preCandidate.rival(request);
      }
      return;
    }
    boolean free = vote == request.from() || (vote == 0 && role.leader() == 0);
    boolean granted = free && upToDate;
    if (granted) {
      vote = request.from();
      trace("votes for %x in term %d".formatted(vote, term));
    }
    switch (role) {
      case Follower follower -> {
        if (granted) {
          follower.restartTimer();
        }
      }
      case Candidate candidate -> candidate.rival(request);
      case PreCandidate _, Leader _ -> {}
    }
    outbox.sendAfterAppend(new Message.VoteReply(id(), request.from(), term, false, granted));
  }

  void becomeFollower(long newTerm, long leader) {
    Invariants.check(newTerm >= term, "a term never goes back");
    boolean doubted = role instanceof PreCandidate && newTerm == term;
    if (newTerm > term) {
      term = newTerm;
      vote = 0;
      timing.termBegins();
    }
    if (leader != 0) {
      timing.leaderFound();
    }
    if (role instanceof Follower follower) {
      follower.newTerm(leader);
    } else {
      enter(new Follower(this, leader, doubted));
    }
    trace("follows %s in term %d".formatted(leader == 0 ? "nobody" : hex(leader), term));
  }

  private void enter(Role next) {
    role.leave();
    role = next;
  }

  /** The time for a campaign is over, and nobody won. */
  void campaignAgain(int round, boolean mayYield) {
    if (mayCampaign()) {
      becomePreCandidate(round, mayYield);
    } else {
      becomeFollower(term, 0);
    }
  }

  /**
   * Asks who would vote.
   *
   * @param round 0 for the first one
   * @param mayYield whether to let a better one pass that asks as well
   */
  void becomePreCandidate(int round, boolean mayYield) {
    var preCandidate = new PreCandidate(this, round, mayYield);
    enter(preCandidate);
    trace(
        "asks for pre-votes for term %d, last entry %d/%d"
            .formatted(term + 1, last().term(), last().index()));
    preCandidate.begin();
  }

  void becomeCandidate(boolean leadershipTransfer) {
    term++;
    vote = id();
    timing.termBegins();
    var candidate = new Candidate(this, leadershipTransfer);
    enter(candidate);
    trace(
        "asks for votes in term %d, last entry %d/%d"
            .formatted(term, last().term(), last().index()));
    candidate.begin();
  }

  void becomeLeader() {
    Invariants.check(role instanceof Candidate, "only a candidate becomes leader");
    trace("leads in term %d".formatted(term));
    timing.leaderFound();
    var leader = new Leader(this);
    enter(leader);
    leader.begin();
  }

  private EntryId last() {
    return log.last();
  }

  void persisted(EntryId id) {
    if (log.persisted(id)) {
      role.logDurable();
    }
  }

  void applied(long index) {
    long before = log.appliedIndex();
    if (index > before) {
      boolean membership = log.membershipPending();
      log.applied(index);
      if (membership) {
        takeMembershipFrom(before + 1, index);
      }
      role.applied();
    }
  }

  private void takeMembershipFrom(long from, long to) {
    for (long index = from; index <= to; index++) {
      Entry entry = log.at(index);
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        var change = MembershipEntry.decode(entry.data()).change();
        configuration.after(change).ifPresent(this::useConfiguration);
      }
    }
  }

  private void useConfiguration(Configuration next) {
    configuration = next;
    majority = new Majority(next.voters());
    trace("voters %s learners %s".formatted(hex(next.voters()), hex(next.learners())));
  }

  /** As etcd and its tools write the ids of members. */
  static String hex(long id) {
    return Long.toHexString(id);
  }

  private static List<String> hex(Set<Long> ids) {
    return ids.stream().map(Long::toHexString).toList();
  }

  /** If the snapshot is ahead of us, the log begins anew behind it. */
  void restore(Snapshot snapshot) {
    long index = snapshot.id().index();
    boolean unconfigured = configuration.equals(Configuration.EMPTY);
    if (unconfigured ? index < log.committedIndex() : index <= log.committedIndex()) {
      return;
    }
    if (!unconfigured && log.matches(snapshot.id())) {
      log.commitTo(index);
      return;
    }
    trace("restores snapshot %d/%d".formatted(snapshot.id().term(), index));
    log.restore(snapshot.id());
    snapshotToInstall = snapshot;
    useConfiguration(snapshot.configuration());
  }

  /** The other voters, in the order of their ids. */
  List<Long> otherVoters() {
    return configuration.voters().stream().filter(voter -> voter != id()).toList();
  }
}

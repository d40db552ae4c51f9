package dev.quorate.node.rpc;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.peer.StateHash;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.Applied;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.Audience;
import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.replication.ClusterControl;
import dev.quorate.node.replication.Leases;
import dev.quorate.node.replication.MembershipRequest;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.replication.Proposals;
import dev.quorate.node.replication.Reads;
import dev.quorate.node.replication.ReplicaStatus;
import dev.quorate.node.replication.ReplicationException;
import dev.quorate.node.replication.SnapshotExport;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.node.watch.WatchHub;
import dev.quorate.node.watch.WatchSettings;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.quorum.Configuration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The only member of a cluster: what is proposed is applied at once, on the caller's thread. */
final class SoleMember implements Proposals, Reads, Leases, ClusterControl {
  static final long CLUSTER_ID = 0xc1L;
  static final long MEMBER_ID = 0xa1L;
  static final long TERM = 7;
  static final long MIN_LEASE_TTL_SECONDS = 2;

  final KvStateMachine state;
  final WatchHub watches;
  final List<Command> commands = new ArrayList<>();
  final List<MembershipRequest> membershipRequests = new ArrayList<>();
  final List<Long> transferTargets = new ArrayList<>();
  final AtomicInteger renewals = new AtomicInteger();

  /** Hears about log-ins, as the apply loop would tell. */
  Consumer<AuthChange> logins = _ -> {};

  /** Those who apply the same log, each in its own time. */
  private final List<SoleMember> followers = new ArrayList<>();

  private @Nullable SoleMember followed;
  private final List<Entry> notYetApplied = new ArrayList<>();
  private final List<CompletableFuture<Void>> waitingReads = new ArrayList<>();

  private ReplicationException.@Nullable Reason refusal;
  @Nullable SnapshotExport export;
  private int linearizableReads;
  private volatile long leader = MEMBER_ID;

  SoleMember(boolean learner) {
    this(learner, WatchSettings.of(WatchSettings.DEFAULT_PROGRESS_INTERVAL, 2 << 20));
  }

  SoleMember(boolean learner, WatchSettings watchSettings) {
    watches = new WatchHub(watchSettings, new Threads("test"));
    var storage = new MemoryStateStorage();
    var self = Member.newBuilder().setID(MEMBER_ID).setName("sole").setIsLearner(learner).build();
    KvStateMachine.bootstrap(storage, new EntryId(1, 1), List.of(self));
    state = new KvStateMachine(storage);
    watches.opened(state);
  }

  ServingMember serving() {
    return new ServingMember(this, this, this, this, () -> state, watches);
  }

  /** From now on this member applies what the other one does, whenever it {@link #catchUp}. */
  void follow(SoleMember other) {
    other.followers.add(this);
    followed = other;
  }

  /** Applies what the followed member has, and lets the reads go that waited for it. */
  synchronized void catchUp() {
    for (var entry : notYetApplied) {
      var _ = state.apply(List.of(entry));
      state.authChanges().forEach(logins);
    }
    notYetApplied.clear();
    var ready = List.copyOf(waitingReads);
    waitingReads.clear();
    ready.forEach(read -> read.complete(null));
  }

  /** From now on nothing gets through; null: everything does. */
  void refuse(ReplicationException.@Nullable Reason reason) {
    refusal = reason;
  }

  void loseLeader() {
    leader = 0;
  }

  int linearizableReads() {
    return linearizableReads;
  }

  @Override
  public synchronized CompletableFuture<ApplyResult> submit(Command.Builder draft) {
    if (refusal != null) {
      return CompletableFuture.failedFuture(new ReplicationException(refusal));
    }
    if (followed != null) {
      return followed.submit(draft);
    }
    var command = draft.setProposer(MEMBER_ID).setSequence(commands.size()).build();
    commands.add(command);
    var entry =
        new Entry(
            new EntryId(TERM, state.appliedId().index() + 1),
            EntryKind.COMMAND,
            Bytes.of(command.toByteArray()));
    followers.forEach(follower -> follower.notYetApplied.add(entry));
    long before = state.revision();
    var changes = watches.listens() ? new ArrayList<Change>() : null;
    var outcomes = new ArrayList<>(state.apply(List.of(entry), changes, Audience.EVERYBODY));
    if (state.revision() > before) {
      watches.changed(before, state.revision(), changes);
    }
    state.authChanges().forEach(logins);
    while (state.hasDeferredWork()) {
      outcomes.addAll(state.apply(List.of()));
    }
    return CompletableFuture.completedFuture(
        outcomes.stream().map(Applied::result).findFirst().orElseThrow());
  }

  @Override
  public CompletableFuture<ApplyResult> submitUrgent(Command.Builder command) {
    return submit(command);
  }

  /** No time goes by: a lease has its whole TTL left. */
  @Override
  public CompletableFuture<OptionalLong> renew(long id) {
    renewals.incrementAndGet();
    return remainingSeconds(id);
  }

  @Override
  public CompletableFuture<OptionalLong> remainingSeconds(long id) {
    if (refusal != null) {
      return CompletableFuture.failedFuture(new ReplicationException(refusal));
    }
    var lease = state.reads().lease(id, false).lease();
    return CompletableFuture.completedFuture(
        lease == null ? OptionalLong.empty() : OptionalLong.of(lease.grantedTtlSeconds()));
  }

  @Override
  public long minTtlSeconds() {
    return MIN_LEASE_TTL_SECONDS;
  }

  @Override
  public CompletableFuture<Void> linearizable() {
    linearizableReads++;
    if (refusal != null) {
      return CompletableFuture.failedFuture(new ReplicationException(refusal));
    }
    if (notYetApplied.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    var waiting = new CompletableFuture<Void>();
    waitingReads.add(waiting);
    return waiting;
  }

  @Override
  public NodeIdentity identity() {
    return new NodeIdentity(CLUSTER_ID, MEMBER_ID);
  }

  @Override
  public ReplicaStatus status() {
    var configuration = Configuration.ofVoters(List.of(MEMBER_ID));
    var raft =
        new RaftStatus(
            MEMBER_ID,
            RoleName.LEADER,
            TERM,
            leader,
            state.appliedId().index(),
            state.appliedId().index(),
            state.appliedId(),
            configuration,
            false,
            0,
            10,
            false,
            List.of());
    return new ReplicaStatus(raft, state.members(), false);
  }

  /** Only takes note: the answer is the applied index. */
  @Override
  public CompletableFuture<Long> changeMembership(MembershipRequest request) {
    membershipRequests.add(request);
    return outcome(state.appliedId().index());
  }

  @Override
  public CompletableFuture<Long> transferLeadership(long target) {
    transferTargets.add(target);
    return outcome(target);
  }

  private CompletableFuture<Long> outcome(long value) {
    return refusal == null
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.failedFuture(new ReplicationException(refusal));
  }

  @Override
  public CompletableFuture<StateHash> stateHash(long member, long revision, Haste haste) {
    return CompletableFuture.failedFuture(new IOException("nobody else is there"));
  }

  @Override
  public CompletableFuture<SnapshotExport> snapshot() {
    SnapshotExport next = export;
    return refusal == null && next != null
        ? CompletableFuture.completedFuture(next)
        : CompletableFuture.failedFuture(
            refusal == null ? new IOException("no disk") : new ReplicationException(refusal));
  }

  @Override
  public Runnable onStatusChange(Consumer<ReplicaStatus> listener) {
    listener.accept(status());
    return () -> {};
  }
}

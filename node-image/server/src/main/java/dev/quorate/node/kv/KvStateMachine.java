package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.CommandOrBuilder;
import dev.quorate.api.command.MembershipContext;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmResponse;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.log.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Applies committed entries in order: a pure function of the log, the same on every member. One
 * thread writes; everything else may be asked from any thread.
 */
public final class KvStateMachine {
  /** Measured again when this much was applied: asking the storage is not free. */
  private static final long MEASURED_EVERY_BYTES = 64 << 10;

  private final StateStorage storage;
  private final Pieces pieces;
  private final OperationCounts counts = new OperationCounts();
  private final KvReads reads;
  private volatile StoreState state;
  private volatile MemberTable members;
  private volatile AuthState auth;
  private volatile long sizeBytes;

  /** Known to readers before the first of its deletions is. */
  private volatile long begunCompaction;

  private long appliedBytes;

  /** Written by the writer alone. */
  private volatile long piecesWritten;

  private final PhysicalCompactions physicalCompactions = new PhysicalCompactions();

  private List<LeaseChange.Applied> leaseChanges = List.of();
  private List<AuthChange> authChanges = List.of();
  private boolean recordedAll = true;

  public KvStateMachine(StateStorage storage) {
    this(storage, Pieces.USUAL);
  }

  KvStateMachine(StateStorage storage, Pieces pieces) {
    this.storage = storage;
    this.pieces = pieces;
    this.reads = new KvReads(storage, () -> state, () -> begunCompaction, counts);
    try (var view = storage.view()) {
      StoreFormat.check(view);
      state = StoreState.read(view);
      members = MemberTable.read(view);
      auth = AuthRows.read(view);
    }
    UnfinishedCommand.takeBack(storage, state);
    begunCompaction = state.compactRevision();
    sizeBytes = storage.sizeBytes();
  }

  /**
   * Writes what a new cluster begins with into an empty storage: its first members, as of {@code
   * base}. The base stands beyond index 0, so that a member that joins later gets the state and not
   * a log from which the first members are missing.
   */
  public static void bootstrap(StateStorage storage, EntryId base, List<Member> members) {
    try (var batch = storage.batch()) {
      StoreFormat.write(batch);
      StoreState.INITIAL.withApplied(base, StoreState.INITIAL.revision()).write(batch);
      MemberTable.of(members, base.index()).write(batch);
      batch.commit();
    }
  }

  /** The last entry whose effect is in the storage. */
  public EntryId appliedId() {
    return state.applied();
  }

  /** What the state stands for, to begin a log behind it or to send it to a peer. */
  public Snapshot appliedSnapshot() {
    return new Snapshot(state.applied(), members.configuration());
  }

  public MemberTable members() {
    return members;
  }

  /** Users and roles as of the applied index. */
  public AuthState auth() {
    return auth;
  }

  /** What a request needs of its caller as of the applied index. */
  public RequestAccess access(Caller caller) {
    return new RequestAccess(auth, caller, lease -> reads.lease(lease, true).keys());
  }

  /** Why a command would be refused now because of an alarm; null if it would not. */
  public @Nullable KvError refusedByAlarm(CommandOrBuilder command) {
    return Alarms.refusal(members, command);
  }

  /** What the last round means for the tokens in memory, in order; the writer's alone. */
  public List<AuthChange> authChanges() {
    return authChanges;
  }

  /** Reads of the applied state; of any thread. */
  public KvReads reads() {
    return reads;
  }

  /** The revision of the newest change. */
  public long revision() {
    return state.revision();
  }

  /** Reads and watches below it are refused; -1 before the first compaction. */
  public long compactRevision() {
    return state.compactRevision();
  }

  /** Whether deferred work is left: apply an empty list when there is nothing else to do. */
  public boolean hasDeferredWork() {
    return state.compacting() || !physicalCompactions.waiting().isEmpty();
  }

  /** What the state takes on disk and in memory that is not yet flushed, as of lately. */
  public long databaseSizeBytes() {
    return sizeBytes;
  }

  /** For somebody who waits for everything, and wants to know of no changes. */
  public List<Applied> apply(List<Entry> committed) {
    return apply(committed, null, Audience.EVERYBODY);
  }

  /**
   * Applies entries in one atomic round and tells the outcomes; entries that were applied before
   * are skipped, and those beyond what a round may hold in memory are left for the next: see {@link
   * #appliedId}. With an empty list it only goes on with deferred work. The outcome of a physical
   * compaction comes from the later round that finishes it.
   *
   * @param changes where to add the changes of keys, in their order; null if nobody wants to know;
   *     see {@link #recordedAll}
   * @param audience for whom answers are made; the state is the same without any
   */
  public List<Applied> apply(
      List<Entry> committed, @Nullable List<Change> changes, Audience audience) {
    leaseChanges = List.of();
    authChanges = List.of();
    try (var batch = storage.batch()) {
      var round = new Round(batch, changes, audience);
      for (var entry : committed) {
        if (batch.sizeBytes() >= pieces.heldBytes()) {
          break;
        }
        if (entry.index() > round.store.state().applied().index()) {
          round.apply(entry);
        }
      }
      round.end();
      return round.outcomes;
    }
  }

  /** Whether the changes of the last round were few enough to be told; the writer's alone. */
  public boolean recordedAll() {
    return recordedAll;
  }

  /** Grows while a command of many changes goes on; of any thread. */
  public long piecesWritten() {
    return piecesWritten;
  }

  /** Outcomes that a later round tells, though their entries are applied; the writer's alone. */
  public List<Applied> outstanding() {
    return physicalCompactions.waiting();
  }

  /** Counts on, and tells what is outstanding of another machine, in whose place this one is. */
  public void takeOver(KvStateMachine other) {
    counts.add(other.counts);
    physicalCompactions.addAll(other.physicalCompactions);
  }

  /** What the last round has done to leases, in order; the writer's alone. */
  public List<LeaseChange.Applied> leaseChanges() {
    return leaseChanges;
  }

  /** The size as of now, also for who asks for it as of lately from now on; any thread. */
  public long measureDatabase() {
    sizeBytes = storage.sizeBytes();
    return sizeBytes;
  }

  /** Up to which revision all that compaction could delete is deleted. */
  public long compactedRevision() {
    return state.compactedUpTo().main() - 1;
  }

  private void measureAtTimes() {
    if (appliedBytes >= MEASURED_EVERY_BYTES || state.compacting()) {
      appliedBytes = 0;
      measureDatabase();
    }
  }

  /** One batch in the making; what it changes is seen by others when it ends. */
  private final class Round implements Room {
    private final Batch batch;
    private final RecordedChanges recorded;
    private final Audience audience;
    private final MvccStore store;
    private final List<Applied> outcomes = new ArrayList<>();
    private final LongFunction<Iterable<ByteString>> keysOfLease;
    private MemberTable table = members;
    private boolean membersChanged;
    private AuthState users = auth;
    private final List<AuthChange> loginChanges = new ArrayList<>(0);

    Round(Batch batch, @Nullable List<Change> changes, Audience audience) {
      this.batch = batch;
      this.audience = audience;
      this.recorded = new RecordedChanges(changes);
      this.store = new MvccStore(batch, state, recorded, counts, this);
      this.keysOfLease = lease -> LeaseTable.keysInPieces(batch, lease, pieces.keys());
    }

    void apply(Entry entry) {
      var last = store.state().applied();
      Invariants.check(
          entry.index() == last.index() + 1,
          () -> "entry " + entry.index() + " is applied behind entry " + last.index());
      switch (entry.kind()) {
        case COMMAND ->
            command(
                EntryData.parse(Command.getDefaultInstance(), entry.data(), entry.index()),
                entry.id());
        case MEMBERSHIP -> membership(entry);
        case TERM_START -> {}
      }
      store.applied(entry.id());
      appliedBytes += entry.sizeBytes();
    }

    private void command(Command command, EntryId id) {
      var refusal = Admission.refusal(command, table, users, keysOfLease);
      var result = refusal != null ? new ApplyResult.Refused(refusal) : permitted(command, id);
      var outcome = new Applied(command.getProposer(), command.getSequence(), result);
      if (command.getCompact().getPhysical() && result instanceof ApplyResult.Done) {
        physicalCompactions.add(outcome);
      } else {
        outcomes.add(outcome);
      }
    }

    private ApplyResult permitted(Command command, EntryId id) {
      return switch (command.getOperationCase()) {
        case PUT -> store.put(command.getPut());
        case DELETE_RANGE -> store.deleteRange(command.getDeleteRange(), awaited(command));
        case TXN -> store.txn(command.getTxn(), awaited(command));
        case AUTH -> authorize(command, id.index());
        case LEASE_GRANT -> store.grant(command.getLeaseGrant());
        case LEASE_REVOKE -> store.revoke(command.getLeaseRevoke(), id.term());
        case LEASE_CHECKPOINT -> store.checkpoint(command.getLeaseCheckpoint(), id.term());
        case COMPACT -> store.compact(command.getCompact());
        case PUBLISH -> publish(command.getPublish());
        case UPDATE -> update(command.getUpdate());
        case FENCING_EPOCH -> changed(table.fenced(command.getFencingEpoch()));
        case ALARM -> alarm(command.getAlarm());
        case OPERATION_NOT_SET ->
            throw Invariants.violation("a command of an unknown kind is in the log");
      };
    }

    private boolean awaited(Command command) {
      return audience.awaits(command.getProposer(), command.getSequence());
    }

    private ApplyResult authorize(Command command, long index) {
      return switch (AuthCommands.apply(
          users, command.getAuth(), Admission.caller(command), index)) {
        case AuthCommands.Outcome.Refused(var error) -> new ApplyResult.Refused(error);
        case AuthCommands.Outcome.Done(var next, var response, var change) -> {
          users = next;
          if (change != null) {
            loginChanges.add(change);
          }
          yield done(response);
        }
      };
    }

    private ApplyResult publish(Member told) {
      return table.member(told.getID()) == null
          ? new ApplyResult.Refused(KvError.MEMBER_NOT_FOUND)
          : changed(table.published(told));
    }

    private ApplyResult update(Member told) {
      if (table.member(told.getID()) == null) {
        return new ApplyResult.Refused(KvError.MEMBER_NOT_FOUND);
      }
      return table.hasPeerUrl(told.getID(), told.getPeerURLsList())
          ? new ApplyResult.Refused(KvError.PEER_URL_EXISTS)
          : changed(table.updated(told));
    }

    private ApplyResult alarm(AlarmRequest request) {
      var alarmed = table.alarmed(request);
      changed(alarmed.table());
      return done(AlarmResponse.newBuilder().addAllAlarms(alarmed.alarms()).build());
    }

    private void membership(Entry entry) {
      var change = MembershipEntry.decode(entry.data());
      var context =
          EntryData.parse(MembershipContext.getDefaultInstance(), change.context(), entry.index());
      var result = changed(table.after(change.change(), context.getMember(), entry.index()));
      outcomes.add(new Applied(context.getProposer(), context.getSequence(), result));
    }

    private ApplyResult changed(MemberTable next) {
      table = next;
      membersChanged = true;
      return done(MemberListResponse.newBuilder().addAllMembers(next.list()).build());
    }

    private ApplyResult done(MessageLite response) {
      return new ApplyResult.Done(response, store.state().revision());
    }

    void end() {
      store.deferredWork(pieces.compactedEvents());
      if (!store.state().equals(state)) {
        commit();
      }
      leaseChanges = store.leaseChanges();
      authChanges = loginChanges;
      recordedAll = recorded.isComplete();
      if (!state.compacting()) {
        outcomes.addAll(physicalCompactions.end());
      }
    }

    private void commit() {
      store.state().write(batch);
      begunCompaction = store.state().compactRevision();
      if (membersChanged) {
        table.write(batch);
        membersChanged = false;
      }
      if (!users.isSameAs(auth)) {
        AuthRows.write(batch, auth, users);
      }
      batch.commit();
      state = store.state();
      members = table;
      auth = users;
      measureAtTimes();
    }

    @Override
    public Pieces pieces() {
      return pieces;
    }

    /** The entries before the present one are complete, and all that others see of the round. */
    @Override
    public void make() {
      recorded.giveUp();
      appliedBytes += pieces.heldBytes();
      commit();
      long written = piecesWritten + 1;
      piecesWritten = written;
    }
  }
}

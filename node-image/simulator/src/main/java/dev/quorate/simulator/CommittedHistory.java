package dev.quorate.simulator;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.Audience;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.LeaseChange;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What really happened: the committed entries, applied one by one, as soon as anybody has applied
 * them. Members, reads and watches are compared with it.
 */
final class CommittedHistory {
  private static final int HASH_EVERY = 4;

  private final KvStateMachine machine;
  private final Coverage coverage;
  private final TreeMap<Long, List<Change>> changes = new TreeMap<>();
  private final TreeMap<String, TreeMap<Long, KeyValue>> versions = new TreeMap<>();
  private final TreeMap<Long, Long> hashes = new TreeMap<>();
  private LeaseEnds leaseEnds = (_, _, _) -> {};

  /** Hears of leases that are over. */
  interface LeaseEnds {
    void ended(long lease, boolean expired, long proposedMicros);
  }

  CommittedHistory(List<Member> founders, EntryId base, Coverage coverage) {
    var storage = new MemoryStateStorage();
    KvStateMachine.bootstrap(storage, base, founders);
    this.machine = new KvStateMachine(storage);
    this.coverage = coverage;
  }

  void onLeaseEnd(LeaseEnds listener) {
    leaseEnds = listener;
  }

  /**
   * The next committed entry.
   *
   * @param seenMicros when it was first seen anywhere
   */
  void apply(Entry entry, long seenMicros) {
    var applied = new ArrayList<Change>();
    var _ = machine.apply(List.of(entry), applied, Audience.EVERYBODY);
    applied.forEach(this::remember);
    boolean expires = false;
    if (entry.kind() == EntryKind.COMMAND) {
      var command = parse(entry);
      expires = command.getLeaseRevoke().getExpiredInTerm() != 0;
      if (command.hasCompact()) {
        coverage.count(Coverage.Event.COMPACTION);
      }
    }
    for (var lease : machine.leaseChanges()) {
      switch (lease.change()) {
        case LeaseChange.Granted _ -> coverage.count(Coverage.Event.LEASE_GRANTED);
        case LeaseChange.Checkpointed _ -> coverage.count(Coverage.Event.LEASE_CHECKPOINT);
        case LeaseChange.Revoked(long id) -> {
          coverage.count(expires ? Coverage.Event.LEASE_EXPIRED : Coverage.Event.LEASE_REVOKED);
          coverage.count(Coverage.Event.LEASED_KEY_DELETED, applied.size());
          leaseEnds.ended(id, expires, seenMicros);
        }
      }
    }
    while (machine.hasDeferredWork()) {
      var _ = machine.apply(List.of());
    }
    if (entry.index() % HASH_EVERY == 0) {
      hashes.put(entry.index(), hashOf(machine));
    }
  }

  private static Command parse(Entry entry) {
    try {
      return Command.parseFrom(entry.data().array());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void remember(Change change) {
    changes.computeIfAbsent(change.revision(), _ -> new ArrayList<>()).add(change);
    versions
        .computeIfAbsent(change.key().toStringUtf8(), _ -> new TreeMap<>())
        .put(change.revision(), change.event(false).getKv());
  }

  long revision() {
    return machine.revision();
  }

  long compactRevision() {
    return machine.compactRevision();
  }

  EntryId appliedId() {
    return machine.appliedId();
  }

  KvStateMachine machine() {
    return machine;
  }

  /** All changes from one revision to another, both included. */
  NavigableMap<Long, List<Change>> changes(long from, long to) {
    return from > to ? new TreeMap<>() : changes.subMap(from, true, to, true);
  }

  /** What a key was at a revision; null if it was not there. */
  @Nullable KeyValue at(String key, long revision) {
    var version = versions.getOrDefault(key, new TreeMap<>()).floorEntry(revision);
    return version == null || version.getValue().getVersion() == 0 ? null : version.getValue();
  }

  /** What a revision made of a key; null if it did not change it. */
  @Nullable Event changeOf(String key, long revision) {
    for (var change : changes.getOrDefault(revision, List.of())) {
      if (change.key().toStringUtf8().equals(key)) {
        return change.event(false);
      }
    }
    return null;
  }

  /** The hash that every member has at this entry; null if it was not computed. */
  @Nullable Long hashAt(long index) {
    if (index == machine.appliedId().index()) {
      return hashes.computeIfAbsent(index, _ -> hashOf(machine));
    }
    return hashes.get(index);
  }

  /** Of everything that must be the same on all members. */
  static long hashOf(KvStateMachine machine) {
    var reads = machine.reads();
    if (reads.hash(0) instanceof ApplyResult.Done(HashKVResponse keys, long revision)) {
      long hash = keys.getHash();
      hash = 31 * hash + keys.getCompactRevision();
      hash = 31 * hash + revision;
      hash = 31 * hash + reads.leases().leases().hashCode();
      hash = 31 * hash + machine.members().configuration().hashCode();
      return 31 * hash + machine.members().configurationIndex();
    }
    throw new IllegalStateException("the state cannot be hashed");
  }
}

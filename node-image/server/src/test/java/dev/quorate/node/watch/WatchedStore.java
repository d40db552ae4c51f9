package dev.quorate.node.watch;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.kv.Audience;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A store with random changes, and beside it a naive model: all that ever happened, with what was
 * there before.
 */
final class WatchedStore {
  private static final int KEYS = 8;

  final KvStateMachine machine;
  final List<Event> happened = new ArrayList<>();
  private final SplittableRandom random;
  private final TreeMap<String, KeyValue> present = new TreeMap<>();
  private long revision = 1;

  WatchedStore(SplittableRandom random) {
    this.random = random;
    var storage = new MemoryStateStorage();
    KvStateMachine.bootstrap(
        storage, new EntryId(1, 1), List.of(Member.newBuilder().setID(1).build()));
    machine = new KvStateMachine(storage);
  }

  String key() {
    return "key/" + (char) ('a' + random.nextInt(KEYS));
  }

  /** One round of a few commands; returns the changes as the apply loop would publish them. */
  List<Change> round() {
    var changes = new ArrayList<Change>();
    var entries = new ArrayList<Entry>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      entries.add(entry(command(), entries.size()));
    }
    var _ = machine.apply(entries, changes, Audience.EVERYBODY);
    return changes;
  }

  void apply(Command.Builder command) {
    var _ = machine.apply(List.of(entry(command, 0)));
  }

  void compact(long toRevision) {
    var compaction = CompactionRequest.newBuilder().setRevision(toRevision);
    apply(Command.newBuilder().setCompact(compaction));
    while (random.nextBoolean() && machine.hasDeferredWork()) {
      var _ = machine.apply(List.of());
    }
  }

  private Entry entry(Command.Builder command, int offset) {
    return new Entry(
        new EntryId(1, machine.appliedId().index() + 1 + offset),
        EntryKind.COMMAND,
        Bytes.of(command.build().toByteArray()));
  }

  private Command.Builder command() {
    return switch (random.nextInt(6)) {
      case 0 -> {
        var from = key();
        var end = random.nextInt(3) == 0 ? key() : "";
        delete(from, end);
        yield Command.newBuilder()
            .setDeleteRange(
                DeleteRangeRequest.newBuilder().setKey(bytes(from)).setRangeEnd(bytes(end)));
      }
      case 1 -> transaction();
      default -> {
        revision++;
        yield Command.newBuilder().setPut(put(key()));
      }
    };
  }

  private Command.Builder transaction() {
    var keys = new TreeSet<String>();
    for (int i = random.nextInt(5); i > 0; i--) {
      keys.add(key());
    }
    if (keys.isEmpty()) {
      return Command.newBuilder().setTxn(TxnRequest.getDefaultInstance());
    }
    revision++;
    var txn = TxnRequest.newBuilder();
    keys.forEach(key -> txn.addSuccess(RequestOp.newBuilder().setRequestPut(put(key))));
    return Command.newBuilder().setTxn(txn);
  }

  private PutRequest put(String key) {
    var value = bytes("value " + random.nextInt(100));
    var before = present.get(key);
    var now =
        KeyValue.newBuilder()
            .setKey(bytes(key))
            .setValue(value)
            .setCreateRevision(before == null ? revision : before.getCreateRevision())
            .setModRevision(revision)
            .setVersion(before == null ? 1 : before.getVersion() + 1)
            .build();
    present.put(key, now);
    var event = Event.newBuilder().setKv(now);
    happened.add(before == null ? event.build() : event.setPrevKv(before).build());
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(value).build();
  }

  private void delete(String from, String end) {
    var doomed =
        present.keySet().stream()
            .filter(
                key ->
                    end.isEmpty()
                        ? key.equals(from)
                        : key.compareTo(from) >= 0 && key.compareTo(end) < 0)
            .toList();
    if (doomed.isEmpty()) {
      return;
    }
    revision++;
    for (var key : doomed) {
      happened.add(
          Event.newBuilder()
              .setType(Event.EventType.DELETE)
              .setKv(KeyValue.newBuilder().setKey(bytes(key)).setModRevision(revision))
              .setPrevKv(present.remove(key))
              .build());
    }
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

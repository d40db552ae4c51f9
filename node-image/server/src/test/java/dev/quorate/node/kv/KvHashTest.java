package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** That a hash tells stores apart: whoever compares two hashes trusts that. */
final class KvHashTest {
  @Test
  void everyDifferenceMakesAnotherHash() {
    var hashes = new TreeSet<Integer>();
    hashes.add(hash(store(put("a", "1", 0), put("b", "2", 0)), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0), put("b", "3", 0)), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0), put("c", "2", 0)), 0).getHash());
    hashes.add(hash(store(put("b", "2", 0), put("a", "1", 0)), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0), put("b", "2", 7)), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0), put("a", "1", 0)), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0), delete("a")), 0).getHash());
    hashes.add(hash(store(put("a", "1", 0)), 0).getHash());
    hashes.add(hash(store(), 0).getHash());
    assertThat(hashes).hasSize(9);
    assertThat(hash(store(put("ab", "c", 0)), 0).getHash())
        .as("a key and its value are not run together")
        .isNotEqualTo(hash(store(put("a", "bc", 0)), 0).getHash());
  }

  @Test
  void whatWasBeforeCounts() {
    var one = store(put("a", "1", 0), put("a", "2", 0));
    var other = store(put("a", "x", 0), put("a", "2", 0));
    assertThat(hash(one, 0).getHash()).isNotEqualTo(hash(other, 0).getHash());

    for (var store : List.of(one, other)) {
      apply(store, Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(3)));
    }
    assertThat(hash(one, 0)).as("and not when it is compacted").isEqualTo(hash(other, 0));
    assertThat(hash(one, 0).getCompactRevision()).isEqualTo(3);
  }

  @Test
  void aDeleteThatIsCompactedCountsForNothing() {
    var with = store(put("a", "1", 0), delete("a"), put("b", "1", 0));
    apply(with, Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(3)));
    var hashed = hash(with, 0).getHash();
    apply(with, Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(4)));
    assertThat(hash(with, 0).getHash()).isEqualTo(hashed);
  }

  @Test
  void theHashOfARevisionDoesNotChangeWithWhatComesLater() {
    var store = store(put("a", "1", 0), put("b", "2", 0));
    var now = hash(store, 0);
    assertThat(now.getHashRevision()).isEqualTo(3);
    assertThat(hash(store, 3)).isEqualTo(now);
    apply(store, put("a", "9", 0));
    apply(store, delete("b"));
    assertThat(hash(store, 3).getHash()).isEqualTo(now.getHash());
    assertThat(hash(store, 4).getHash()).isNotEqualTo(now.getHash());
  }

  @Test
  void whatCannotBeReadHasNoHash() {
    var store = store(put("a", "1", 0), put("a", "2", 0), put("a", "3", 0));
    apply(store, Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(3)));
    assertThat(store.reads().hash(5)).isEqualTo(new ApplyResult.Refused(KvError.FUTURE_REVISION));
    assertThat(store.reads().hash(2)).isEqualTo(new ApplyResult.Refused(KvError.COMPACTED));
    assertThat(store.reads().hash(4)).isInstanceOf(ApplyResult.Done.class);
    assertThat(store.reads().hash(3)).isInstanceOf(ApplyResult.Done.class);
  }

  /** With lease 7. */
  private static KvStateMachine store(Command.Builder... commands) {
    var store = new KvStateMachine(new MemoryStateStorage());
    apply(
        store,
        Command.newBuilder().setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(100)));
    for (var command : commands) {
      apply(store, command);
    }
    return store;
  }

  private static void apply(KvStateMachine store, Command.Builder command) {
    var id = new EntryId(1, store.appliedId().index() + 1);
    var data = Bytes.of(command.build().toByteArray());
    store.apply(List.of(new Entry(id, EntryKind.COMMAND, data)));
    while (store.hasDeferredWork()) {
      store.apply(List.of());
    }
  }

  private static HashKVResponse hash(KvStateMachine store, long revision) {
    return (HashKVResponse) ((ApplyResult.Done) store.reads().hash(revision)).response();
  }

  private static Command.Builder put(String key, String value, long lease) {
    return Command.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(lease));
  }

  private static Command.Builder delete(String key) {
    return Command.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

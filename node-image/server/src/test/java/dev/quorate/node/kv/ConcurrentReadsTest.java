package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.node.storage.rocksdb.RocksStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads beside writes: the rows of an answer are those of the revision in its header. */
final class ConcurrentReadsTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final int CHANGES = 1500;

  private final List<Entry> round = new ArrayList<>();

  @Test
  void inMemory() {
    readsAreOfTheirRevision(new MemoryStateStorage());
  }

  @Test
  void inRocksDb(@TempDir Path directory) {
    readsAreOfTheirRevision(RocksStateStorage.open(directory.resolve("state"), 16 << 20));
  }

  /** The key is put, deleted, and compacted away with the next change, over and over. */
  private void readsAreOfTheirRevision(StateStorage storage) {
    try (storage) {
      var machine = new KvStateMachine(storage);
      var end = new AtomicBoolean();
      var one = reader(machine, RangeRequest.newBuilder().setKey(KEY).build(), end);
      var range =
          reader(
              machine,
              RangeRequest.newBuilder().setKey(KEY).setRangeEnd(KEY.concat(KEY)).build(),
              end);
      for (long revision = 2; revision < CHANGES; revision += 3) {
        add(machine, Command.newBuilder().setPut(PutRequest.newBuilder().setKey(KEY)));
        machine.apply(List.copyOf(round));
        round.clear();
        add(
            machine,
            Command.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(KEY)));
        add(
            machine,
            Command.newBuilder()
                .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("other"))));
        add(
            machine,
            Command.newBuilder()
                .setCompact(CompactionRequest.newBuilder().setRevision(revision + 2)));
        machine.apply(List.copyOf(round));
        round.clear();
      }
      end.set(true);
      assertThat(one.join()).isPositive();
      assertThat(range.join()).isPositive();
    }
  }

  private void add(KvStateMachine machine, Command.Builder command) {
    var id = new EntryId(1, machine.appliedId().index() + round.size() + 1);
    var data = Bytes.of(command.build().toByteArray());
    round.add(new Entry(id, EntryKind.COMMAND, data));
  }

  private static CompletableFuture<Long> reader(
      KvStateMachine machine, RangeRequest request, AtomicBoolean end) {
    return CompletableFuture.supplyAsync(
        () -> {
          long reads = 0;
          while (reads++ == 0 || !end.get()) {
            if (machine.reads().range(request)
                instanceof ApplyResult.Done(RangeResponse answer, long revision)) {
              // Every third revision is a put, from 2 on; the key is gone at the two behind it.
              assertThat(answer.getCount()).isEqualTo(revision % 3 == 2 ? 1 : 0);
              if (answer.getCount() == 1) {
                assertThat(answer.getKvs(0).getModRevision()).isEqualTo(revision);
              }
            }
          }
          return reads;
        },
        read -> Thread.ofPlatform().start(read));
  }
}

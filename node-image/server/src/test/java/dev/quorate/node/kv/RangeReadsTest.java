package dev.quorate.node.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pages, the room that answers take, and what etcd sorts: what random requests seldom meet. */
final class RangeReadsTest {
  private final KvStateMachine machine = new KvStateMachine(new MemoryStateStorage());

  /** k1 to k4 at the revisions 2 to 5; their values are in the opposite order. */
  @BeforeEach
  void fourKeys() {
    for (int i = 1; i <= 4; i++) {
      put("k" + i, "value" + (9 - i));
    }
  }

  @Test
  void aPageEndsAfterSoManyKeys() {
    assertThat(page(all(), 3, 1 << 20)).satisfies(page -> assertKeys(page, true, "k1", "k2", "k3"));
    assertThat(page(all(), 4, 1 << 20))
        .satisfies(page -> assertKeys(page, false, "k1", "k2", "k3", "k4"));
  }

  @Test
  void aPageEndsAfterSoManyBytesButHasOneKey() {
    long oneKey = page(all(), 1, 1 << 20).getKvs(0).getSerializedSize();
    assertThat(page(all(), 10, 1)).satisfies(page -> assertKeys(page, true, "k1"));
    assertThat(page(all(), 10, oneKey)).satisfies(page -> assertKeys(page, true, "k1"));
    assertThat(page(all(), 10, oneKey + 1)).satisfies(page -> assertKeys(page, true, "k1", "k2"));
  }

  @Test
  void aPageIsOfItsRevisionAndWithoutValuesIfTheyAreNotWanted() {
    put("k1", "new");
    var old = page(all().setRevision(3), 10, 1 << 20);
    assertKeys(old, false, "k1", "k2");
    assertThat(old.getKvs(0).getValue()).isEqualTo(bytes("value8"));
    assertThat(page(all().setKeysOnly(true), 10, 1 << 20).getKvsList())
        .hasSize(4)
        .allSatisfy(found -> assertThat(found.getValue().isEmpty()).isTrue());
    assertThat(machine.reads().page(all().setRevision(7).build(), 10, 1 << 20))
        .isEqualTo(new ApplyResult.Refused(KvError.FUTURE_REVISION));
  }

  @Test
  void asksForTheRoomOfWhatItKeepsAndNothingElse() {
    assertThat(room(all())).hasSize(4).allSatisfy(size -> assertThat(size).isGreaterThan(8));
    assertThat(room(all().setLimit(2))).as("one more, to know of it").hasSize(3);
    assertThat(room(all().setKeysOnly(true)))
        .as("a key, and what an answer keeps of a pair beside its bytes")
        .containsExactly(202L, 202L, 202L, 202L);
    assertThat(room(all().setKeysOnly(true).setSortTarget(SortTarget.VALUE)))
        .as("values are looked at to sort by them")
        .isEqualTo(room(all()));
    assertThat(room(all().setCountOnly(true))).isEmpty();
    assertThat(room(all().setRevision(3))).hasSize(2);
    assertThat(room(all().setRevision(9))).as("refused").isEmpty();
  }

  static Stream<UnaryOperator<RangeRequest.Builder>> filtersThatLetAllThrough() {
    return Stream.of(
        request -> request.setMinModRevision(1),
        request -> request.setMaxModRevision(99),
        request -> request.setMinCreateRevision(1),
        request -> request.setMaxCreateRevision(99));
  }

  /** Without an order etcd sorts what it has fetched: up to the limit, or all if it filters. */
  @ParameterizedTest
  @MethodSource("filtersThatLetAllThrough")
  void aFilterChangesWhatIsSorted(UnaryOperator<RangeRequest.Builder> filter) {
    assertKeys(range(all().setSortTarget(SortTarget.VALUE).setLimit(2)), true, "k3", "k2");
    var filtered = filter.apply(all().setSortTarget(SortTarget.VALUE).setLimit(2));
    assertKeys(range(filtered), true, "k4", "k3");
    assertKeys(range(filter.apply(all().setLimit(2))), true, "k1", "k2");
  }

  @Test
  void aLimitThatIsNoneIsNone() {
    assertKeys(range(all().setLimit(-1)), false, "k1", "k2", "k3", "k4");
    assertKeys(range(all().setLimit(Long.MAX_VALUE)), false, "k1", "k2", "k3", "k4");
    assertKeys(range(all().setLimit(4)), false, "k1", "k2", "k3", "k4");
    assertThat(range(all().setLimit(1)).getCount()).as("the limit is not counted").isEqualTo(4);
  }

  private static void assertKeys(RangeResponse response, boolean more, String... keys) {
    assertThat(response.getKvsList())
        .extracting(KeyValue::getKey)
        .containsExactly(Stream.of(keys).map(RangeReadsTest::bytes).toArray(ByteString[]::new));
    assertThat(response.getMore()).isEqualTo(more);
  }

  private static RangeRequest.Builder all() {
    return RangeRequest.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l"));
  }

  /** What is asked for while it is read; before that, as part of a transaction, it is the same. */
  private List<Long> room(RangeRequest.Builder request) {
    var measured = new Room();
    var operation = RequestOp.newBuilder().setRequestRange(request);
    machine.reads().measure(TxnRequest.newBuilder().addSuccess(operation).build(), measured);
    var read = new Room();
    var _ = machine.reads().range(request.build(), read);
    assertThat(read.held).isEqualTo(measured.held);
    return read.taken;
  }

  private static final class Room implements AnswerRoom {
    private final List<Long> taken = new ArrayList<>();
    private long held;

    @Override
    public void take(long bytes) {
      taken.add(bytes);
      held += bytes;
    }

    @Override
    public void giveBack(long bytes) {
      held -= bytes;
    }
  }

  private RangeResponse range(RangeRequest.Builder request) {
    return response(machine.reads().range(request.build()));
  }

  private RangeResponse page(RangeRequest.Builder request, long maxKeys, long maxBytes) {
    return response(machine.reads().page(request.build(), maxKeys, maxBytes));
  }

  private static RangeResponse response(ApplyResult result) {
    return (RangeResponse) ((ApplyResult.Done) result).response();
  }

  private void put(String key, String value) {
    var request = PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
    var data = Command.newBuilder().setPut(request).build().toByteArray();
    var id = new EntryId(1, machine.appliedId().index() + 1);
    machine.apply(List.of(new Entry(id, EntryKind.COMMAND, Bytes.of(data))));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static dev.quorate.e2e.jetcd.Jetcd.refusal;
import static dev.quorate.e2e.jetcd.Jetcd.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.ProcessCluster;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** jetcd's KV: put, get and delete with all their options, transactions, compaction. */
@ExtendWith(ThreeNodes.class)
final class KvIT {
  private final ProcessCluster cluster;
  private final Client client;
  private final KV kv;

  KvIT(ProcessCluster cluster) {
    this.cluster = cluster;
    client = Jetcd.builder(cluster.nodes()).build();
    kv = client.getKVClient();
  }

  @BeforeEach
  void forgetAllKeys() {
    var everything = DeleteOption.builder().withRange(bytes("\0")).build();
    get(kv.delete(bytes("\0"), everything));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private long put(String key, String value) {
    return get(kv.put(bytes(key), bytes(value))).getHeader().getRevision();
  }

  private GetResponse read(String key, GetOption.Builder option) {
    return get(kv.get(bytes(key), option.build()));
  }

  private static List<String> keys(GetResponse response) {
    return response.getKvs().stream().map(KeyValue::getKey).map(Jetcd::text).toList();
  }

  private static List<String> values(GetResponse response) {
    return response.getKvs().stream().map(KeyValue::getValue).map(Jetcd::text).toList();
  }

  private static GetOption.Builder prefix() {
    return GetOption.builder().isPrefix(true);
  }

  @Test
  void aPutTellsItsRevisionAndWhatWasThereBefore() {
    long first = put("a", "1");
    var second = get(kv.put(bytes("a"), bytes("2"), PutOption.builder().withPrevKV().build()));
    assertThat(second.hasPrevKv()).isTrue();
    assertThat(text(second.getPrevKv().getValue())).isEqualTo("1");
    assertThat(second.getHeader().getRevision()).isEqualTo(first + 1);
    var found = get(kv.get(bytes("a"))).getKvs().getFirst();
    assertThat(text(found.getValue())).isEqualTo("2");
    assertThat(found.getCreateRevision()).isEqualTo(first);
    assertThat(found.getModRevision()).isEqualTo(first + 1);
    assertThat(found.getVersion()).isEqualTo(2);
    assertThat(found.getLease()).isZero();
  }

  @Test
  void keysAndValuesAreBytes() {
    var key = ByteSequence.from(new byte[] {0, (byte) 0xff, 'k', 0});
    var value = ByteSequence.from(new byte[] {(byte) 0xfe, 0, 0});
    get(kv.put(key, value));
    assertThat(get(kv.get(key)).getKvs().getFirst().getValue()).isEqualTo(value);
    get(kv.put(bytes("empty"), ByteSequence.EMPTY));
    assertThat(get(kv.get(bytes("empty"))).getKvs().getFirst().getValue().isEmpty()).isTrue();
    var large = ByteSequence.from(new byte[1 << 20]);
    get(kv.put(bytes("large"), large));
    assertThat(get(kv.get(bytes("large"))).getKvs().getFirst().getValue()).isEqualTo(large);
  }

  @Test
  void aPutThatIsWrongIsRefusedWithEtcdsWords() {
    var lease = PutOption.builder().withLeaseId(4711).build();
    assertThat(refusal(kv.put(bytes("a"), bytes("1"), lease)))
        .isEqualTo("NOT_FOUND: etcdserver: requested lease not found");
    assertThat(refusal(kv.put(ByteSequence.EMPTY, bytes("1"))))
        .isEqualTo("INVALID_ARGUMENT: etcdserver: key is not provided");
    assertThat(refusal(kv.put(bytes("a"), ByteSequence.from(new byte[3 << 19]))))
        .isEqualTo("INVALID_ARGUMENT: etcdserver: request is too large");
  }

  @Test
  void readsPrefixesAndRangesInOrderAndPages() {
    for (var key : List.of("p/b", "p/a", "p/c", "q", "o")) {
      put(key, "of " + key);
    }
    assertThat(keys(read("p/", prefix()))).containsExactly("p/a", "p/b", "p/c");
    assertThat(keys(read("p/b", GetOption.builder().withRange(bytes("q")))))
        .containsExactly("p/b", "p/c");
    assertThat(keys(read("p/c", GetOption.builder().withRange(bytes("\0")))))
        .containsExactly("p/c", "q");
    var page = read("p/", prefix().withLimit(2));
    assertThat(keys(page)).containsExactly("p/a", "p/b");
    assertThat(page.isMore()).isTrue();
    assertThat(page.getCount()).isEqualTo(3);
    assertThat(read("nothing", prefix()).getKvs()).isEmpty();
  }

  @Test
  void sortsByEveryTarget() {
    put("s/1", "b");
    put("s/2", "a");
    put("s/3", "c");
    put("s/1", "b");
    record Sorted(GetOption.SortTarget by, GetOption.SortOrder order, List<String> keys) {}
    var ascending = GetOption.SortOrder.ASCEND;
    var descending = GetOption.SortOrder.DESCEND;
    for (var sorted :
        List.of(
            new Sorted(GetOption.SortTarget.KEY, descending, List.of("s/3", "s/2", "s/1")),
            new Sorted(GetOption.SortTarget.VALUE, ascending, List.of("s/2", "s/1", "s/3")),
            new Sorted(GetOption.SortTarget.CREATE, descending, List.of("s/3", "s/2", "s/1")),
            new Sorted(GetOption.SortTarget.MOD, ascending, List.of("s/2", "s/3", "s/1")),
            new Sorted(GetOption.SortTarget.VERSION, ascending, List.of("s/2", "s/3", "s/1")))) {
      var found = read("s/", prefix().withSortField(sorted.by()).withSortOrder(sorted.order()));
      assertThat(keys(found)).as(sorted.toString()).isEqualTo(sorted.keys());
    }
  }

  @Test
  void readsOnlyWhatIsAskedFor() {
    long first = put("f/a", "1");
    long second = put("f/b", "2");
    long third = put("f/a", "3");
    var counted = read("f/", prefix().withCountOnly(true));
    assertThat(counted.getCount()).isEqualTo(2);
    assertThat(counted.getKvs()).isEmpty();
    var bare = read("f/", prefix().withKeysOnly(true));
    assertThat(keys(bare)).containsExactly("f/a", "f/b");
    assertThat(values(bare)).containsExactly("", "");
    assertThat(keys(read("f/", prefix().withMinModRevision(third)))).containsExactly("f/a");
    assertThat(keys(read("f/", prefix().withMaxModRevision(second)))).containsExactly("f/b");
    assertThat(keys(read("f/", prefix().withMinCreateRevision(second)))).containsExactly("f/b");
    assertThat(keys(read("f/", prefix().withMaxCreateRevision(first)))).containsExactly("f/a");
  }

  @Test
  void readsThePastAndLocally() {
    long first = put("t", "1");
    long second = put("t", "2");
    var old = read("t", GetOption.builder().withRevision(first));
    assertThat(values(old)).containsExactly("1");
    assertThat(old.getHeader().getRevision()).isEqualTo(second);
    assertThat(refusal(kv.get(bytes("t"), GetOption.builder().withRevision(second + 9).build())))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
    for (var node : cluster.nodes()) {
      cluster.awaitCaughtUp(node);
    }
    var local = GetOption.builder().withSerializable(true);
    assertThat(values(read("t", local))).containsExactly("2");
  }

  @Test
  void deletesKeysPrefixesAndRanges() {
    for (var key : List.of("d/a", "d/b", "d/c", "e")) {
      put(key, key);
    }
    assertThat(get(kv.delete(bytes("d/none"))).getDeleted()).isZero();
    var one = get(kv.delete(bytes("d/a"), DeleteOption.builder().withPrevKV(true).build()));
    assertThat(one.getDeleted()).isEqualTo(1);
    assertThat(text(one.getPrevKvs().getFirst().getValue())).isEqualTo("d/a");
    var rest = get(kv.delete(bytes("d/"), DeleteOption.builder().isPrefix(true).build()));
    assertThat(rest.getDeleted()).isEqualTo(2);
    var range = DeleteOption.builder().withRange(bytes("f")).build();
    assertThat(get(kv.delete(bytes("d"), range)).getDeleted()).isEqualTo(1);
  }

  @Test
  void aTransactionTakesOneOfItsTwoWays() {
    long created = put("x", "1");
    var branch =
        kv.txn()
            .If(
                new Cmp(bytes("x"), Cmp.Op.EQUAL, CmpTarget.value(bytes("1"))),
                new Cmp(bytes("x"), Cmp.Op.GREATER, CmpTarget.version(0)),
                new Cmp(bytes("x"), Cmp.Op.EQUAL, CmpTarget.createRevision(created)),
                new Cmp(bytes("x"), Cmp.Op.LESS, CmpTarget.modRevision(created + 1)),
                new Cmp(bytes("x"), Cmp.Op.NOT_EQUAL, CmpTarget.value(bytes("2"))))
            .Then(
                Op.get(bytes("x"), GetOption.DEFAULT),
                Op.put(bytes("y"), bytes("2"), PutOption.DEFAULT),
                Op.delete(bytes("x"), DeleteOption.builder().withPrevKV(true).build()))
            .Else(Op.put(bytes("never"), bytes("0"), PutOption.DEFAULT));
    var done = get(branch.commit());
    assertThat(done.isSucceeded()).isTrue();
    assertThat(done.getHeader().getRevision()).isEqualTo(created + 1);
    assertThat(values(done.getGetResponses().getFirst())).containsExactly("1");
    assertThat(done.getPutResponses()).hasSize(1);
    assertThat(done.getDeleteResponses().getFirst().getDeleted()).isEqualTo(1);

    var missing = new Cmp(bytes("x"), Cmp.Op.GREATER, CmpTarget.version(0));
    var other =
        kv.txn()
            .If(missing)
            .Then(Op.put(bytes("never"), bytes("0"), PutOption.DEFAULT))
            .Else(Op.get(bytes("y"), GetOption.DEFAULT));
    var read = get(other.commit());
    assertThat(read.isSucceeded()).isFalse();
    assertThat(values(read.getGetResponses().getFirst())).containsExactly("2");
    assertThat(read.getHeader().getRevision()).isEqualTo(created + 1);
    assertThat(get(kv.get(bytes("never"))).getCount()).isZero();
  }

  @Test
  void transactionsNestAndRefuseToWriteAKeyTwice() {
    var absent = new Cmp(bytes("n"), Cmp.Op.EQUAL, CmpTarget.version(0));
    var inner =
        Op.txn(
            new Cmp[] {absent},
            new Op[] {Op.put(bytes("n"), bytes("inner"), PutOption.DEFAULT)},
            new Op[] {Op.get(bytes("n"), GetOption.DEFAULT)});
    var outer = get(kv.txn().If(absent).Then(inner).commit());
    assertThat(outer.getTxnResponses().getFirst().isSucceeded()).isTrue();
    assertThat(values(get(kv.get(bytes("n"))))).containsExactly("inner");
    var put = Op.put(bytes("n"), bytes("again"), PutOption.DEFAULT);
    assertThat(refusal(kv.txn().Then(put, put).commit()))
        .isEqualTo("INVALID_ARGUMENT: etcdserver: duplicate key given in txn request");
  }

  @Test
  void whatIsCompactedIsGoneAndTheRestIsThere() {
    long first = put("c", "1");
    long second = put("c", "2");
    get(kv.compact(second, CompactOption.builder().withCompactPhysical(true).build()));
    assertThat(refusal(kv.get(bytes("c"), GetOption.builder().withRevision(first).build())))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
    assertThat(values(read("c", GetOption.builder().withRevision(second)))).containsExactly("2");
    assertThat(refusal(kv.compact(second)))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
    assertThat(refusal(kv.compact(second + 9)))
        .isEqualTo("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
  }

  @Test
  void aNamespaceIsAPrefixThatItsClientDoesNotSee() {
    try (var tenant = Jetcd.builder(cluster.nodes()).namespace(bytes("tenant/")).build()) {
      var inside = tenant.getKVClient();
      get(inside.put(bytes("k"), bytes("v")));
      assertThat(keys(get(inside.get(bytes("k"))))).containsExactly("k");
      assertThat(
              keys(
                  get(inside.get(bytes("\0"), GetOption.builder().withRange(bytes("\0")).build()))))
          .containsExactly("k");
    }
    assertThat(keys(read("tenant/", prefix()))).containsExactly("tenant/k");
  }
}

package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.WatchingClient.key;
import static dev.quorate.node.rpc.WatchingClient.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.node.watch.WatchSettings;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of the Watch service gets, line by line of etcd's contract. */
final class WatchServiceTest {
  private final SoleMember member =
      new SoleMember(false, WatchSettings.of(Duration.ofMillis(1), 2 << 20));
  private volatile @Nullable ServingMember serving = member.serving();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .intercept(new LeaderRequirement(() -> serving))
            .addService(new WatchService(() -> serving))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    member.watches.close();
  }

  @Test
  void tellsWhatHappensToAKeyFromNowOn() {
    put("a", "before");
    var client = WatchingClient.open(channel);
    assertThat(client.created(key("a")))
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(2)).setCreated(true).build());
    put("b", "not watched");
    put("a", "1");
    delete("a", "");
    assertThat(client.next()).isEqualTo(response(4, 0, putEvent("a", "1", 2, 4, 2)));
    assertThat(client.next()).isEqualTo(response(5, 0, deleteEvent("a", 5)));
  }

  @Test
  void beginsInThePastIfThatIsAskedFor() {
    put("a", "1");
    put("b", "1");
    put("a", "2");
    var client = WatchingClient.open(channel);
    assertThat(client.created(key("a").setStartRevision(2)).getHeader()).isEqualTo(header(4));
    assertThat(client.next())
        .as("the header tells where the store is")
        .isEqualTo(response(4, 0, putEvent("a", "1", 2, 2, 1), putEvent("a", "2", 2, 4, 2)));
    put("a", "3");
    assertThat(client.next()).isEqualTo(response(5, 0, putEvent("a", "3", 2, 5, 3)));
  }

  @Test
  void aStartInTheFutureGetsNothingBeforeIt() {
    put("a", "1");
    var client = WatchingClient.open(channel);
    client.created(key("a").setStartRevision(5).setProgressNotify(true));
    client.askForProgress();
    put("a", "2");
    put("a", "3");
    put("a", "4");
    assertThat(client.next()).isEqualTo(response(5, 0, putEvent("a", "4", 2, 5, 4)));
    assertThat(client.next().getHeader().getRevision()).isEqualTo(5);
  }

  @Test
  void rangesEndWhereTheySayOrNowhere() {
    var client = WatchingClient.open(channel);
    client.created(range("b", "d").setWatchId(1));
    client.created(range("c", "\0").setWatchId(2));
    client.created(range("\0", "\0").setWatchId(3));
    client.created(WatchCreateRequest.newBuilder().setWatchId(4));
    put("a", "");
    assertThat(client.next().getWatchId()).isEqualTo(3);
    put("b", "");
    assertThat(ids(client, 2)).containsExactlyInAnyOrder(1L, 3L);
    put("c", "");
    assertThat(ids(client, 3)).containsExactlyInAnyOrder(1L, 2L, 3L);
    put("d", "");
    assertThat(ids(client, 2)).containsExactlyInAnyOrder(2L, 3L);
    put("\0", "");
    assertThat(ids(client, 2)).as("no key is the smallest key").containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void filtersLeaveOutPutsOrDeletes() {
    var client = WatchingClient.open(channel);
    client.created(key("a").addFilters(FilterType.NOPUT).setWatchId(1));
    client.created(key("a").addFilters(FilterType.NODELETE).setWatchId(2));
    put("a", "1");
    assertThat(client.next()).isEqualTo(response(2, 2, putEvent("a", "1", 2, 2, 1)));
    delete("a", "");
    assertThat(client.next()).isEqualTo(response(3, 1, deleteEvent("a", 3)));
  }

  @Test
  void tellsWhatWasThereBeforeUnlessThatIsCompacted() {
    put("a", "1");
    put("a", "2");
    delete("a", "");
    put("a", "3");
    put("a", "4");
    compact(3);
    var client = WatchingClient.open(channel);
    client.created(key("a").setStartRevision(3).setPrevKv(true));
    var first = kv("a", "1", 2, 2, 1);
    var second = kv("a", "2", 2, 3, 2);
    var third = kv("a", "3", 5, 5, 1);
    var fourth = kv("a", "4", 5, 6, 2);
    assertThat(client.next().getEventsList())
        .containsExactly(
            event(second, null),
            deleteEvent("a", 4).toBuilder().setPrevKv(second).build(),
            event(third, null),
            event(fourth, third));
    assertThat(first.getValue()).isNotEqualTo(second.getValue());
    delete("", "\0");
    assertThat(client.next().getEvents(0))
        .isEqualTo(deleteEvent("a", 7).toBuilder().setPrevKv(fourth).build());
  }

  @Test
  void aTransactionComesAsOne() {
    var client = WatchingClient.open(channel);
    client.created(range("a", "z"));
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest("b", "1")))
            .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest("a", "1")));
    submit(Command.newBuilder().setTxn(txn));
    assertThat(client.next())
        .isEqualTo(response(2, 0, putEvent("b", "1", 2, 2, 1), putEvent("a", "1", 2, 2, 1)));
  }

  @Test
  void refusesWithEtcdsWords() {
    put("a", "1");
    var client = WatchingClient.open(channel);
    assertThat(client.created(key("a").setStartRevision(-1)))
        .isEqualTo(refusal("etcdserver: mvcc: required revision has been compacted"));
    assertThat(client.created(range("b", "b"))).isEqualTo(refusal("mvcc: watcher range is empty"));
    client.created(key("a").setWatchId(7));
    assertThat(client.created(key("b").setWatchId(7)))
        .isEqualTo(refusal("mvcc: duplicate watch ID provided on the WatchStream"));
    assertThat(client.created(key("a")).getWatchId()).isZero();
    assertThat(client.created(key("a").setWatchId(1)).getWatchId()).isEqualTo(1);
    assertThat(client.created(key("a")).getWatchId()).as("1 is taken").isEqualTo(2);
  }

  @Test
  void whatIsCompactedCannotBeWatched() {
    put("a", "1");
    put("a", "2");
    put("a", "3");
    compact(3);
    var client = WatchingClient.open(channel);
    assertThat(client.created(key("a").setStartRevision(2)).getCanceled()).isFalse();
    assertThat(client.next())
        .isEqualTo(
            WatchResponse.newBuilder()
                .setHeader(header(0))
                .setCanceled(true)
                .setCompactRevision(3)
                .build());
    client.created(key("a").setStartRevision(3));
    assertThat(client.next().getEventsCount()).as("the compacted revision itself").isEqualTo(2);
    client.cancelWatch(0);
    assertThat(client.next().getCanceled()).as("the client takes note").isTrue();
  }

  @Test
  void aCancelledWatchSaysSoAndNothingMore() {
    var client = WatchingClient.open(channel);
    client.created(key("a").setWatchId(5));
    client.cancelWatch(4);
    client.cancelWatch(5);
    assertThat(client.next())
        .isEqualTo(
            WatchResponse.newBuilder()
                .setHeader(header(1))
                .setWatchId(5)
                .setCanceled(true)
                .build());
    put("a", "1");
    client.send(WatchRequest.getDefaultInstance());
    assertThat(client.created(key("a").setWatchId(5)).getCreated()).isTrue();
    assertThat(member.watches.gauges().watchers()).isEqualTo(1);
  }

  @Test
  void tellsHowFarAllWatchesAre() {
    var client = WatchingClient.open(channel);
    client.created(key("a"));
    client.created(key("b"));
    put("c", "1");
    put("a", "1");
    client.askForProgress();
    assertThat(client.next().getEventsCount()).isEqualTo(1);
    assertThat(client.next())
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(3)).setWatchId(-1).build());
  }

  @Test
  void quietWatchesReportProgressByThemselves() {
    var client = WatchingClient.open(channel);
    client.created(key("a"));
    client.created(key("a").setProgressNotify(true));
    put("b", "1");
    WatchResponse report = client.next();
    while (report.getHeader().getRevision() < 2) {
      report = client.next();
    }
    assertThat(report)
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(2)).setWatchId(1).build());
  }

  @Test
  void clientsThatAskForNothingMoreStillGetTheirEvents() {
    var client = WatchingClient.open(channel);
    client.created(key("a"));
    client.halfClose();
    put("a", "1");
    assertThat(client.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void largeRevisionsAreCutForThoseThatAskForIt() {
    var client = WatchingClient.open(channel);
    client.created(range("a", "z").setFragment(true).setWatchId(1));
    client.created(range("a", "z").setWatchId(2));
    var txn = TxnRequest.newBuilder();
    for (int i = 0; i < 5; i++) {
      txn.addSuccess(
          RequestOp.newBuilder().setRequestPut(putRequest("k" + i, "v".repeat(1 << 20))));
    }
    submit(Command.newBuilder().setTxn(txn));
    var whole = new ArrayList<WatchResponse>();
    var pieces = new ArrayList<WatchResponse>();
    while (whole.isEmpty() || pieces.isEmpty() || pieces.getLast().getFragment()) {
      var response = client.next();
      (response.getWatchId() == 1 ? pieces : whole).add(response);
    }
    assertThat(whole).singleElement().matches(one -> one.getEventsCount() == 5);
    assertThat(pieces).hasSize(5);
    assertThat(pieces).extracting(WatchResponse::getFragment).endsWith(true, false);
    assertThat(pieces).allMatch(piece -> piece.getSerializedSize() < 2 << 20);
    assertThat(pieces.stream().flatMap(piece -> piece.getEventsList().stream()).toList())
        .isEqualTo(whole.getFirst().getEventsList());
  }

  @Test
  void learnersAndNodesWithoutAMemberRefuse() {
    var learner = new SoleMember(true);
    serving = learner.serving();
    assertThat(WatchingClient.open(channel).status())
        .satisfies(status -> sameError(status, EtcdErrors.NOT_FOR_LEARNERS));
    serving = null;
    assertThat(WatchingClient.open(channel).status())
        .satisfies(status -> sameError(status, EtcdErrors.NOT_SERVING));
    learner.watches.close();
  }

  @Test
  void whoRequiresALeaderIsServedOnlyWithOne() {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    var requires = WatchingClient.open(channel, metadata);
    requires.created(key("a"));
    var content = WatchingClient.open(channel);
    content.created(key("a"));

    member.loseLeader();
    assertThat(WatchingClient.open(channel, metadata).status())
        .satisfies(status -> sameError(status, EtcdErrors.NO_LEADER));
    member.watches.leaderLost();
    assertThat(requires.status()).satisfies(status -> sameError(status, EtcdErrors.NO_LEADER));
    put("a", "1");
    assertThat(content.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void streamsEndWithTheMemberAndWithTheirClients() {
    var hangsUp = WatchingClient.open(channel);
    hangsUp.created(key("a"));
    var stays = WatchingClient.open(channel);
    stays.created(key("a"));
    hangsUp.hangUp();
    await().until(() -> member.watches.gauges().watchers() == 1);
    member.watches.endAll();
    assertThat(stays.status()).satisfies(status -> sameError(status, EtcdErrors.STOPPED));
    assertThat(member.watches.gauges().streams()).isZero();
    await().until(() -> !member.watches.listens());
  }

  private static void sameError(Status status, Status expected) {
    assertThat(status.getCode()).isEqualTo(expected.getCode());
    assertThat(status.getDescription()).isEqualTo(expected.getDescription());
  }

  private static List<Long> ids(WatchingClient client, int responses) {
    var ids = new ArrayList<Long>();
    for (int i = 0; i < responses; i++) {
      ids.add(client.next().getWatchId());
    }
    return ids;
  }

  private void put(String key, String value) {
    submit(Command.newBuilder().setPut(putRequest(key, value)));
  }

  private static PutRequest putRequest(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
  }

  private void delete(String key, String end) {
    submit(
        Command.newBuilder()
            .setDeleteRange(
                DeleteRangeRequest.newBuilder()
                    .setKey(key.isEmpty() ? bytes("\0") : bytes(key))
                    .setRangeEnd(bytes(end))));
  }

  private void compact(long revision) {
    submit(Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(revision)));
  }

  private void submit(Command.Builder command) {
    var _ = member.submit(command).join();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(SoleMember.CLUSTER_ID)
        .setMemberId(SoleMember.MEMBER_ID)
        .setRaftTerm(SoleMember.TERM)
        .setRevision(revision)
        .build();
  }

  private static WatchResponse refusal(String reason) {
    return WatchResponse.newBuilder()
        .setHeader(header(2))
        .setWatchId(-1)
        .setCreated(true)
        .setCanceled(true)
        .setCancelReason(reason)
        .build();
  }

  private static WatchResponse response(long revision, long watchId, Event... events) {
    return WatchResponse.newBuilder()
        .setHeader(header(revision))
        .setWatchId(watchId)
        .addAllEvents(List.of(events))
        .build();
  }

  private static KeyValue kv(String key, String value, long create, long mod, long version) {
    return KeyValue.newBuilder()
        .setKey(bytes(key))
        .setValue(bytes(value))
        .setCreateRevision(create)
        .setModRevision(mod)
        .setVersion(version)
        .build();
  }

  private static Event event(KeyValue kv, @Nullable KeyValue previous) {
    var event = Event.newBuilder().setKv(kv);
    return previous == null ? event.build() : event.setPrevKv(previous).build();
  }

  private static Event putEvent(String key, String value, long create, long mod, long version) {
    return event(kv(key, value, create, mod, version), null);
  }

  private static Event deleteEvent(String key, long mod) {
    return Event.newBuilder()
        .setType(Event.EventType.DELETE)
        .setKv(KeyValue.newBuilder().setKey(bytes(key)).setModRevision(mod))
        .build();
  }
}

package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.WatchServer.bytes;
import static dev.quorate.node.rpc.WatchServer.header;
import static dev.quorate.node.rpc.WatchServer.putRequest;
import static dev.quorate.node.rpc.WatchingClient.key;
import static dev.quorate.node.rpc.WatchingClient.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import dev.quorate.api.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client of the Watch service gets, line by line of etcd's contract. */
final class WatchServiceTest {
  private final WatchServer server = new WatchServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tellsWhatHappensToAKeyFromNowOn() {
    server.put("a", "before");
    var client = WatchingClient.open(server.channel);
    assertThat(client.created(key("a")))
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(2)).setCreated(true).build());
    server.put("b", "not watched");
    server.put("a", "1");
    server.delete("a", "");
    assertThat(client.next()).isEqualTo(response(4, 0, putEvent("a", "1", 2, 4, 2)));
    assertThat(client.next()).isEqualTo(response(5, 0, deleteEvent("a", 5)));
  }

  @Test
  void beginsInThePastIfThatIsAskedFor() {
    server.put("a", "1");
    server.put("b", "1");
    server.put("a", "2");
    var client = WatchingClient.open(server.channel);
    assertThat(client.created(key("a").setStartRevision(2)).getHeader()).isEqualTo(header(4));
    assertThat(client.next())
        .as("the header tells where the store is")
        .isEqualTo(response(4, 0, putEvent("a", "1", 2, 2, 1), putEvent("a", "2", 2, 4, 2)));
    server.put("a", "3");
    assertThat(client.next()).isEqualTo(response(5, 0, putEvent("a", "3", 2, 5, 3)));
  }

  @Test
  void aStartInTheFutureGetsNothingBeforeIt() {
    server.put("a", "1");
    var client = WatchingClient.open(server.channel);
    client.created(key("a").setStartRevision(5).setProgressNotify(true));
    client.askForProgress();
    server.put("a", "2");
    server.put("a", "3");
    server.put("a", "4");
    assertThat(client.next()).isEqualTo(response(5, 0, putEvent("a", "4", 2, 5, 4)));
    assertThat(client.next().getHeader().getRevision()).isEqualTo(5);
  }

  @Test
  void rangesEndWhereTheySayOrNowhere() {
    var client = WatchingClient.open(server.channel);
    client.created(range("b", "d").setWatchId(1));
    client.created(range("c", "\0").setWatchId(2));
    client.created(range("\0", "\0").setWatchId(3));
    client.created(WatchCreateRequest.newBuilder().setWatchId(4));
    server.put("a", "");
    assertThat(client.next().getWatchId()).isEqualTo(3);
    server.put("b", "");
    assertThat(ids(client, 2)).containsExactlyInAnyOrder(1L, 3L);
    server.put("c", "");
    assertThat(ids(client, 3)).containsExactlyInAnyOrder(1L, 2L, 3L);
    server.put("d", "");
    assertThat(ids(client, 2)).containsExactlyInAnyOrder(2L, 3L);
    server.put("\0", "");
    assertThat(ids(client, 2)).as("no key is the smallest key").containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void filtersLeaveOutPutsOrDeletes() {
    var client = WatchingClient.open(server.channel);
    client.created(key("a").addFilters(FilterType.NOPUT).setWatchId(1));
    client.created(key("a").addFilters(FilterType.NODELETE).setWatchId(2));
    server.put("a", "1");
    assertThat(client.next()).isEqualTo(response(2, 2, putEvent("a", "1", 2, 2, 1)));
    server.delete("a", "");
    assertThat(client.next()).isEqualTo(response(3, 1, deleteEvent("a", 3)));
  }

  @Test
  void tellsWhatWasThereBeforeUnlessThatIsCompacted() {
    server.put("a", "1");
    server.put("a", "2");
    server.delete("a", "");
    server.put("a", "3");
    server.put("a", "4");
    server.compact(3);
    var client = WatchingClient.open(server.channel);
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
    server.delete("", "\0");
    assertThat(client.next().getEvents(0))
        .isEqualTo(deleteEvent("a", 7).toBuilder().setPrevKv(fourth).build());
  }

  @Test
  void aTransactionComesAsOne() {
    var client = WatchingClient.open(server.channel);
    client.created(range("a", "z"));
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest("b", "1")))
            .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest("a", "1")));
    server.submit(Command.newBuilder().setTxn(txn));
    assertThat(client.next())
        .isEqualTo(response(2, 0, putEvent("b", "1", 2, 2, 1), putEvent("a", "1", 2, 2, 1)));
  }

  @Test
  void tellsHowFarAllWatchesAre() {
    var client = WatchingClient.open(server.channel);
    client.created(key("a"));
    client.created(key("b"));
    server.put("c", "1");
    server.put("a", "1");
    client.askForProgress();
    assertThat(client.next().getEventsCount()).isEqualTo(1);
    assertThat(client.next())
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(3)).setWatchId(-1).build());
  }

  @Test
  void quietWatchesReportProgressByThemselves() {
    var client = WatchingClient.open(server.channel);
    client.created(key("a"));
    client.created(key("a").setProgressNotify(true));
    server.put("b", "1");
    WatchResponse report = client.next();
    while (report.getHeader().getRevision() < 2) {
      report = client.next();
    }
    assertThat(report)
        .isEqualTo(WatchResponse.newBuilder().setHeader(header(2)).setWatchId(1).build());
  }

  @Test
  void clientsThatAskForNothingMoreStillGetTheirEvents() {
    var client = WatchingClient.open(server.channel);
    client.created(key("a"));
    client.halfClose();
    server.put("a", "1");
    assertThat(client.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void largeRevisionsAreCutForThoseThatAskForIt() {
    var client = WatchingClient.open(server.channel);
    client.created(range("a", "z").setFragment(true).setWatchId(1));
    client.created(range("a", "z").setWatchId(2));
    var txn = TxnRequest.newBuilder();
    for (int i = 0; i < 5; i++) {
      txn.addSuccess(
          RequestOp.newBuilder().setRequestPut(putRequest("k" + i, "v".repeat(1 << 20))));
    }
    server.submit(Command.newBuilder().setTxn(txn));
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

  private static List<Long> ids(WatchingClient client, int responses) {
    var ids = new ArrayList<Long>();
    for (int i = 0; i < responses; i++) {
      ids.add(client.next().getWatchId());
    }
    return ids;
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

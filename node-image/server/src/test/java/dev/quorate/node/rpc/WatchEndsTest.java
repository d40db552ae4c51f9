package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.WatchServer.header;
import static dev.quorate.node.rpc.WatchingClient.key;
import static dev.quorate.node.rpc.WatchingClient.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How watches and their streams are refused and end, with code and text. */
final class WatchEndsTest {
  private final WatchServer server = new WatchServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void refusesWithEtcdsWords() {
    server.put("a", "1");
    var client = WatchingClient.open(server.channel);
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
    server.put("a", "1");
    server.put("a", "2");
    server.put("a", "3");
    server.compact(3);
    var client = WatchingClient.open(server.channel);
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
    var client = WatchingClient.open(server.channel);
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
    server.put("a", "1");
    client.send(WatchRequest.getDefaultInstance());
    assertThat(client.created(key("a").setWatchId(5)).getCreated()).isTrue();
    assertThat(server.member.watches.gauges().watchers()).isEqualTo(1);
  }

  @Test
  void learnersAndNodesWithoutAMemberRefuse() {
    var learner = new SoleMember(true);
    server.serve(learner.serving());
    assertThat(WatchingClient.open(server.channel).status())
        .satisfies(status -> sameError(status, EtcdErrors.NOT_FOR_LEARNERS));
    server.serve(null);
    assertThat(WatchingClient.open(server.channel).status())
        .satisfies(status -> sameError(status, EtcdErrors.NOT_SERVING));
    learner.watches.close();
  }

  @Test
  void whoRequiresALeaderIsServedOnlyWithOne() {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    var requires = WatchingClient.open(server.channel, metadata);
    requires.created(key("a"));
    var content = WatchingClient.open(server.channel);
    content.created(key("a"));

    server.member.loseLeader();
    assertThat(WatchingClient.open(server.channel, metadata).status())
        .satisfies(status -> sameError(status, EtcdErrors.NO_LEADER));
    server.member.watches.leaderLost();
    assertThat(requires.status()).satisfies(status -> sameError(status, EtcdErrors.NO_LEADER));
    server.put("a", "1");
    assertThat(content.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void streamsEndWithTheMemberAndWithTheirClients() {
    var hangsUp = WatchingClient.open(server.channel);
    hangsUp.created(key("a"));
    var stays = WatchingClient.open(server.channel);
    stays.created(key("a"));
    hangsUp.hangUp();
    await().until(() -> server.member.watches.gauges().watchers() == 1);
    server.member.watches.endAll();
    assertThat(stays.status()).satisfies(status -> sameError(status, EtcdErrors.STOPPED));
    assertThat(server.member.watches.gauges().streams()).isZero();
    await().until(() -> !server.member.watches.listens());
  }

  /** As gRPC does it when it has no memory for a message: the call is closed, then it throws. */
  private static final class NoMemoryForEvents implements ServerInterceptor {
    private final AtomicBoolean happened = new AtomicBoolean();

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(R message) {
              boolean events = ((WatchResponse) message).getEventsCount() > 0;
              if (events && happened.compareAndSet(false, true)) {
                close(Status.CANCELLED, new Metadata());
                throw new OutOfMemoryError("no direct memory");
              }
              super.sendMessage(message);
            }
          },
          headers);
    }
  }

  @Test
  void aResponseThatCannotBeSentEndsItsStreamAlone() {
    try (var failing = new WatchServer(new NoMemoryForEvents())) {
      var first = WatchingClient.open(failing.channel);
      first.created(key("a"));
      var second = WatchingClient.open(failing.channel);
      second.created(key("a"));
      failing.put("a", "1");
      assertThat(first.status().getCode()).isEqualTo(Status.Code.CANCELLED);
      assertThat(second.next().getEventsCount()).isEqualTo(1);
      await().until(() -> failing.member.watches.gauges().streams() == 1);
    }
  }

  private static void sameError(Status status, Status expected) {
    assertThat(status.getCode()).isEqualTo(expected.getCode());
    assertThat(status.getDescription()).isEqualTo(expected.getDescription());
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
}

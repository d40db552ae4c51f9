package dev.quorate.node.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.raft.Message;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two members that speak over real sockets. */
@Timeout(180)
final class GrpcPeerTransportTest {
  private static final long CLUSTER = 0xc1;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final List<Endpoint> endpoints = new ArrayList<>();
  @TempDir private Path directory;

  @AfterEach
  void close() {
    endpoints.forEach(Endpoint::close);
    var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void whoWasRemovedIsToldOnAnOpenStreamAndOnANewOne() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    one.transport.send(List.of(new Message.TimeoutNow(1, 2, 1)));
    await().until(() -> !two.received.isEmpty());
    assertThat(one.removedBy).isEmpty();
    two.removed.add(1L);
    two.transport.removePeer(1);
    await().until(() -> one.removedBy.remove(2L));
    await()
        .until(
            () -> {
              one.transport.send(List.of(new Message.TimeoutNow(1, 2, 2)));
              return one.removedBy.contains(2L);
            });
    assertThat(two.received).as("nothing of a removed member is heard").hasSize(1);
  }

  @Test
  void everyKindOfMessageArrivesAsItWasSent() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    var id = new EntryId(7, 3);
    var entries =
        List.of(
            new Entry(new EntryId(7, 4), EntryKind.TERM_START, Bytes.EMPTY),
            new Entry(new EntryId(7, 5), EntryKind.COMMAND, bytes("a")),
            new Entry(new EntryId(7, 6), EntryKind.MEMBERSHIP, bytes("b".repeat(100_000))));
    List<Message> all =
        List.of(
            new Message.AppendEntries(1, 2, 7, id, entries, 3),
            new Message.AppendReply(1, 2, 7, true, 9, id),
            new Message.Heartbeat(1, 2, 7, 3, 11),
            new Message.Heartbeat(1, 2, 7, 3, 11, 20, 1L << 40),
            new Message.HeartbeatReply(1, 2, 7, 11),
            new Message.HeartbeatReply(1, 2, 7, 11, 1L << 40),
            new Message.VoteRequest(1, 2, 7, true, false, id),
            new Message.VoteReply(1, 2, 7, false, true),
            new Message.TimeoutNow(1, 2, 7),
            new Message.ForwardProposals(1, 2, 7, List.of(bytes("x"), bytes("y"))),
            new Message.ForwardRead(1, 2, 7, 5),
            new Message.ReadReply(1, 2, 7, 5, true, 3));
    one.transport.send(all);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(two.received).containsExactlyInAnyOrderElementsOf(all));
  }

  @Test
  void appendsKeepTheirOrder() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    connect(one, two);
    for (long index = 1; index <= 5_000; index++) {
      one.transport.send(List.of(append(index, 100)));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(two.received).hasSize(5_000));
    assertThat(two.received)
        .extracting(message -> ((Message.AppendEntries) message).entries().getFirst().index())
        .isSorted();
  }

  @Test
  void aQuestionAboutALeaseIsAnswered() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    var question = LeaseQuestion.newBuilder().setClusterId(CLUSTER).setId(3).setRenew(true).build();
    var answer = one.transport.askAboutLease(2, question).join();
    assertThat(answer.getFound()).isTrue();
    assertThat(answer.getSeconds()).isEqualTo(5);
    var foreign = question.toBuilder().setClusterId(9).build();
    assertThatThrownBy(() -> one.transport.askAboutLease(2, foreign).join())
        .hasMessageContaining("FAILED_PRECONDITION");
  }

  @Test
  void aMemberOfAnotherClusterIsRefused() throws Exception {
    var one = new Endpoint(0xff, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    var step = MembershipStep.newBuilder().setClusterId(0xff).build();
    one.transport.send(List.of(new Message.Heartbeat(1, 2, 1, 1, 0)));
    assertThatThrownBy(() -> one.transport.changeMembership(2, step).join())
        .hasMessageContaining("FAILED_PRECONDITION");
    assertThatThrownBy(() -> one.transport.sendState(2, 1, Snapshot.NONE, 1, state()).join())
        .hasMessageContaining("belongs to cluster ff, but this is member 2 of cluster c1");
    assertThat(two.received).isEmpty();
  }

  @Test
  void aPeerWhoseProcessEndsIsLostAndOneThatIsRemovedOrWasNeverThereIsNot() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    var three = new Endpoint(CLUSTER, 3, 0);
    var gone = new Endpoint(CLUSTER, 4, 0);
    one.transport.putPeer(2, two.urls());
    one.transport.putPeer(3, three.urls());
    one.transport.putPeer(4, gone.urls());
    gone.close();
    connect(one, two);
    connect(one, three);
    one.transport.send(List.of(new Message.Heartbeat(1, 4, 1, 1, 0)));
    one.transport.removePeer(3);
    assertThat(one.lost).isEmpty();
    two.close();
    await().atMost(Duration.ofSeconds(60)).until(() -> one.lost.contains(2L));
    assertThat(one.lost).containsExactly(2L);
  }

  @Test
  void aPeerThatComesBackIsReachedAgain() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    int port = two.server.getPort();
    one.transport.putPeer(2, two.urls());
    connect(one, two);
    two.close();
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              one.transport.send(List.of(new Message.Heartbeat(1, 2, 1, 1, 0)));
              return true;
            });
    var again = new Endpoint(CLUSTER, 2, port);
    connect(one, again);
  }

  @Test
  void whoIsNotKnownYetIsAnsweredWhereItSays() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    connect(one, two);
    two.transport.send(List.of(new Message.HeartbeatReply(2, 1, 1, 0)));
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(one.received).hasSize(1));
  }

  @Test
  void aStateArrivesFileByFile() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    var snapshot = new Snapshot(new EntryId(3, 9), Configuration.ofVoters(List.of(1L, 2L)));
    assertThat(one.transport.sendState(2, 4, snapshot, 1, state()).join()).isTrue();
    assertThat(two.states).containsExactly(new Message.InstallSnapshot(1, 2, 4, snapshot));
    assertThat(two.files).containsOnlyKeys("CURRENT", "empty", "sst/1");
    assertThat(two.files.get("sst/1")).hasSize(1_000_000);
  }

  @Test
  void aStateThatTheReceiverCannotReadIsRefusedBeforeItIsSent() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    var two = new Endpoint(CLUSTER, 2, 0);
    one.transport.putPeer(2, two.urls());
    assertThatThrownBy(() -> one.transport.sendState(2, 1, Snapshot.NONE, 7, state()).join())
        .hasMessageContaining("format version 7");
    assertThat(two.files).isEmpty();
  }

  @Test
  void aPeerThatTakesNothingDoesNotFillTheMemory() throws Exception {
    var one = new Endpoint(CLUSTER, 1, 0);
    one.transport.putPeer(2, List.of("http://127.0.0.1:1"));
    for (int i = 0; i < 1_000; i++) {
      one.transport.send(List.of(append(i + 1, 1 << 20)));
    }
    assertThat(one.received).isEmpty();
  }

  private Path state() throws IOException {
    var state = directory.resolve("state");
    Files.createDirectories(state.resolve("sst"));
    Files.writeString(state.resolve("CURRENT"), "MANIFEST-1");
    Files.write(state.resolve("empty"), new byte[0]);
    Files.write(state.resolve("sst/1"), new byte[1_000_000]);
    return state;
  }

  private static void connect(Endpoint from, Endpoint to) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              from.transport.send(List.of(new Message.TimeoutNow(1, to.memberId, 1)));
              return !to.received.isEmpty();
            });
    to.received.clear();
    await()
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              to.received.removeIf(Message.TimeoutNow.class::isInstance);
              return to.received.isEmpty();
            });
  }

  private static Message append(long index, int sizeBytes) {
    var entry = new Entry(new EntryId(1, index), EntryKind.COMMAND, Bytes.of(new byte[sizeBytes]));
    return new Message.AppendEntries(1, 2, 1, new EntryId(1, index - 1), List.of(entry), 0);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** One member's side: a server, a transport, and what has arrived. */
  private final class Endpoint implements PeerReceiver {
    private final ConcurrentLinkedQueue<Message> received = new ConcurrentLinkedQueue<>();
    private final Set<Long> lost = ConcurrentHashMap.newKeySet();
    private final Set<Long> removed = ConcurrentHashMap.newKeySet();
    private final Set<Long> removedBy = ConcurrentHashMap.newKeySet();
    private final List<Message.InstallSnapshot> states = new ArrayList<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final long memberId;
    private final Server server;
    private final GrpcPeerTransport transport;

    Endpoint(long clusterId, long memberId, int port) throws IOException {
      this.memberId = memberId;
      var service = new GrpcPeerService();
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                  InsecureServerCredentials.create())
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .channelType(NioServerSocketChannel.class)
              .directExecutor()
              .addService(service)
              .build()
              .start();
      transport =
          new GrpcPeerTransport(
              new PeerNetwork(
                  urls(), InsecureChannelCredentials.create(), loops, NioSocketChannel.class),
              service,
              PeerMetrics.NONE);
      transport.start(clusterId, memberId, this);
      endpoints.add(this);
    }

    List<String> urls() {
      return List.of("http://127.0.0.1:" + server.getPort());
    }

    void close() {
      transport.close();
      server.shutdownNow();
      try {
        server.awaitTermination();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean receive(List<Message> messages) {
      return received.addAll(messages);
    }

    @Override
    public void lost(long peer) {
      lost.add(peer);
    }

    @Override
    public boolean isRemoved(long peer) {
      return removed.contains(peer);
    }

    @Override
    public void removedByPeer(long peer) {
      removedBy.add(peer);
    }

    @Override
    public CompletableFuture<MembershipStepResult> changeMembership(MembershipStep step) {
      return CompletableFuture.completedFuture(MembershipStepResult.getDefaultInstance());
    }

    @Override
    public CompletableFuture<LeaseAnswer> askAboutLease(LeaseQuestion question) {
      return CompletableFuture.completedFuture(
          LeaseAnswer.newBuilder().setFound(question.getRenew()).setSeconds(5).build());
    }

    @Override
    public CompletableFuture<StateHash> hashState(StateHashRequest request) {
      var hash = StateHash.newBuilder().setRevision(request.getRevision()).setHash((int) memberId);
      return CompletableFuture.completedFuture(hash.build());
    }

    @Override
    public IncomingState receiveState(Message.InstallSnapshot message, int formatVersion) {
      if (formatVersion > 1) {
        throw new IllegalStateException("format version " + formatVersion);
      }
      states.add(message);
      var streams = new TreeMap<String, ByteArrayOutputStream>();
      return new IncomingState() {
        @Override
        public void write(String fileName, long offset, ByteBuffer data) {
          var stream = streams.computeIfAbsent(fileName, _ -> new ByteArrayOutputStream());
          assertThat(offset).isEqualTo(stream.size());
          byte[] copy = new byte[data.remaining()];
          data.get(copy);
          stream.writeBytes(copy);
        }

        @Override
        public CompletableFuture<Boolean> complete() {
          streams.forEach((name, stream) -> files.put(name, stream.toByteArray()));
          return CompletableFuture.completedFuture(true);
        }

        @Override
        public void abort() {}
      };
    }
  }
}

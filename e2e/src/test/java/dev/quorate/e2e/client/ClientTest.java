package dev.quorate.e2e.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client's own test: an honest store passes, and each kind of lie is noticed. */
class ClientTest {
  private final FakeStore store = new FakeStore();
  private final History history = new History();
  private Server server = NettyServerBuilder.forPort(0).build();
  private String endpoint = "";

  @BeforeEach
  void startStore() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(store)
            .build()
            .start();
    endpoint = "127.0.0.1:" + server.getPort();
  }

  @AfterEach
  void stopStore() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  @Test
  void honestStorePasses() {
    writeAndCount(5);
    readBack();
    assertThat(violations()).isEmpty();
    assertThat(history.acknowledged()).hasSize(5);
    assertThat(history.counter()).isEqualTo(5);
  }

  @Test
  void lostWriteIsNoticed() {
    writeAndCount(5);
    store.forget("unique/a/00000002");
    readBack();
    assertThat(violations())
        .singleElement()
        .asString()
        .contains("acknowledged but lost: unique/a/00000002");
  }

  @Test
  void changedValueIsNoticed() {
    writeAndCount(5);
    store.set("unique/a/00000003", "something else");
    readBack();
    assertThat(violations()).singleElement().asString().contains("unique/a/00000003", "else");
  }

  @Test
  void staleReadIsNoticed() {
    writeAndCount(3);
    store.set("counter", "2");
    try (var reader = new CounterReader(new Connection(endpoint), history)) {
      assertThat(reader.attempt()).isTrue();
    }
    assertThat(violations()).singleElement().asString().contains("read counter 2", "3 was ack");
  }

  @Test
  void forgottenCountIsNoticed() {
    try (var writer = new CounterWriter(new Connection(endpoint), history)) {
      assertThat(writer.attempt()).isTrue();
      assertThat(writer.attempt()).isTrue();
      store.set("counter", "1");
      assertThat(writer.attempt()).isFalse();
    }
    assertThat(violations()).singleElement().asString().contains("counter is 1", "2 was ack");
  }

  @Test
  void lateRepetitionOfUnansweredWriteIsNoViolation() {
    try (var writer = new CounterWriter(new Connection(endpoint), history)) {
      assertThat(writer.attempt()).isTrue();
      store.swallowNextAnswer();
      assertThat(writer.attempt()).isFalse();
      assertThat(writer.attempt()).isTrue();
      assertThat(writer.failures()).containsKey("UNAVAILABLE: etcdserver: leader changed");
      assertThat(writer.tally().requests()).as("after the first").isEqualTo(1);
      assertThat(writer.tally().retried()).isEqualTo(1);
      assertThat(writer.tally().failed()).isZero();
    }
    assertThat(history.counter()).isEqualTo(2);
    assertThat(violations()).isEmpty();
  }

  @Test
  void onlyAnErrorThatNoServerSaidIsALostConnection() {
    assertThat(Connection.isLost(Status.UNKNOWN.withCause(new ClosedChannelException()))).isTrue();
    assertThat(Connection.isLost(Status.UNAVAILABLE)).isTrue();
    assertThat(Connection.isLost(Status.UNKNOWN.withDescription("channel closed"))).isFalse();
    assertThat(Connection.isLost(Status.DATA_LOSS)).isFalse();
  }

  private void writeAndCount(int times) {
    try (var writer = new UniqueKeyWriter("a", new Connection(endpoint), history);
        var counter = new CounterWriter(new Connection(endpoint), history)) {
      for (int i = 0; i < times; i++) {
        assertThat(writer.attempt()).isTrue();
        assertThat(counter.attempt()).isTrue();
      }
    }
  }

  private void readBack() {
    try (var connection = new Connection(endpoint)) {
      assertThat(new ReadBack(connection, history).attempt()).isTrue();
    }
  }

  private List<String> violations() {
    return history.summary(Map.of(), new RequestTally()).stream()
        .filter(l -> l.startsWith("violation"))
        .toList();
  }
}

package dev.quorate.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.tls.TestAuthority;
import io.grpc.Attributes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that say nothing, or little and slowly, are cut off; on virtual time. */
final class SlowClientTest {
  private static final Executor SAME_THREAD = Runnable::run;

  @Test
  void aSilentConnectionIsClosed() {
    var channel = channel(firstBytes(new ChannelInboundHandlerAdapter()));
    pass(channel, Patience.BEGINNING_MILLISECONDS - 1);
    assertThat(channel.isOpen()).isTrue();
    pass(channel, 2);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aPrefaceWithoutSettingsIsNotYetGrpc() {
    var grpc = new ChannelInboundHandlerAdapter();
    var channel = channel(firstBytes(grpc));
    write(channel, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assertThat(channel.pipeline().context(grpc)).isNull();
    write(channel, "\0\0\0\4\0\0\0\0\0");
    assertThat(channel.pipeline().context(grpc)).isNotNull();
    pass(channel, 2 * Patience.BEGINNING_MILLISECONDS);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aBrokenPrefaceIsForGrpcToRefuse() {
    var grpc = new ChannelInboundHandlerAdapter();
    var channel = channel(firstBytes(grpc));
    write(channel, "PRI * HTTP/3");
    assertThat(channel.pipeline().context(grpc)).isNotNull();
  }

  @Test
  void tlsOnAPlainPortIsClosed() {
    var channel = channel(firstBytes(new ChannelInboundHandlerAdapter()));
    write(channel, "\26\3\1");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void httpWhereItIsNotServedIsClosed() {
    var channel = channel(firstBytes(new ChannelInboundHandlerAdapter()));
    write(channel, "GET / HTTP/1.1\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aHandshakeThatIsNotGoneOnWithIsClosed(@TempDir Path directory) throws Exception {
    var issued = new TestAuthority("ca", directory).issue("server");
    var context =
        SslContextBuilder.forServer(issued.certificate().toFile(), issued.key().toFile()).build();
    var channel =
        channel(new PortTls(context, SAME_THREAD).newHandler(UnpooledByteBufAllocator.DEFAULT));
    write(channel, "\26\3\1");
    pass(channel, Patience.BEGINNING_MILLISECONDS + 1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aHeadInDropsIsClosedHoweverRegularTheyAre() {
    var channel = http();
    write(channel, "GET / HTTP/1.1\r\nx: ");
    for (int i = 0; i < 9; i++) {
      pass(channel, Patience.HEAD_MILLISECONDS / 10);
      write(channel, "y");
    }
    assertThat(channel.isOpen()).isTrue();
    pass(channel, Patience.HEAD_MILLISECONDS / 10 + 1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aBodyHasMoreTimeButNotForever() {
    var channel = http();
    write(channel, "POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\n");
    pass(channel, Patience.HEAD_MILLISECONDS + 1);
    assertThat(channel.isOpen()).isTrue();
    pass(channel, Patience.REQUEST_MILLISECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void betweenRequestsThereIsNoDeadline() {
    var channel = http();
    write(channel, "GET / HTTP/1.1\r\n\r\n");
    pass(channel, 10 * Patience.REQUEST_MILLISECONDS);
    assertThat(channel.isOpen()).isTrue();
    write(channel, "G");
    pass(channel, Patience.HEAD_MILLISECONDS + 1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aStreamMayRestBetweenItsMessagesAndNotInOne() {
    var stream = new Stream();
    var channel = channel();
    HttpConnection.addTo(channel.pipeline(), HttpSite.forClients(pages(), HttpAccess.OPEN, stream));
    write(channel, "POST /s HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    Objects.requireNonNull(stream.reply).stream("{}");
    pass(channel, 10 * Patience.REQUEST_MILLISECONDS);
    write(channel, "2\r\n{}\r\n");
    pass(channel, 10 * Patience.REQUEST_MILLISECONDS);
    assertThat(channel.isOpen()).isTrue();
    write(channel, "1\r\n{\r\n");
    for (int i = 0; i < 9; i++) {
      pass(channel, Patience.REQUEST_MILLISECONDS / 10);
      write(channel, "1\r\na\r\n");
    }
    assertThat(channel.isOpen()).isTrue();
    pass(channel, Patience.REQUEST_MILLISECONDS / 10 + 1);
    assertThat(channel.isOpen()).isFalse();
  }

  private static HttpEndpoints pages() {
    var health = new HealthEndpoint(new FakeHealth(), 1000, _ -> {});
    return new HttpEndpoints(health, () -> "", "3.7.0", "3.7.0", SAME_THREAD);
  }

  /** Takes a stream of objects, as the gateway does. */
  private static final class Stream implements PathHandler, Exchange {
    private @Nullable HttpReply reply;

    @Override
    public boolean serves(String path) {
      return true;
    }

    @Override
    public Exchange begin(HttpRequest request, String path, HttpReply answering) {
      reply = answering;
      return this;
    }

    @Override
    public boolean streamsBody() {
      return true;
    }

    @Override
    public void received(ByteBuf piece, boolean last) {
      String text = piece.toString(StandardCharsets.ISO_8859_1);
      var asking = Objects.requireNonNull(reply);
      if (text.endsWith("}")) {
        asking.readMore();
      } else {
        asking.readRest(text.equals("{"));
      }
    }

    @Override
    public void disconnected() {}
  }

  private static FirstBytes firstBytes(ChannelInboundHandlerAdapter grpc) {
    return new FirstBytes(grpc, null, Attributes.EMPTY, false);
  }

  private static EmbeddedChannel http() {
    var deadlines = new RequestDeadlines();
    return channel(deadlines.beginnings(), new HttpServerCodec(), deadlines.progress());
  }

  /** Its time stands still but for {@link #pass}. */
  private static EmbeddedChannel channel(ChannelHandler... handlers) {
    var channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(handlers);
    return channel;
  }

  private static void write(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private static void pass(EmbeddedChannel channel, long milliseconds) {
    channel.advanceTimeBy(milliseconds, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}

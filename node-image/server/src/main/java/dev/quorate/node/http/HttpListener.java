package dev.quorate.node.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A port that speaks HTTP/1 alone: the metrics port. */
public final class HttpListener implements AutoCloseable {
  private final Channel channel;

  private HttpListener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Listens.
   *
   * @param tls null if connections are plain
   * @param reusePort the option by which other processes may listen there too; null if none may
   * @throws IOException if the address cannot be used
   */
  public static HttpListener open(
      InetSocketAddress address,
      HttpSite site,
      @Nullable PortTls tls,
      @Nullable ChannelOption<Boolean> reusePort,
      EventLoopGroup eventLoops,
      Class<? extends ServerChannel> channelType)
      throws IOException {
    var bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(channelType)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel child) {
                    if (tls != null) {
                      child.pipeline().addLast(tls.newHandler(child.alloc()));
                    }
                    HttpConnection.addTo(child.pipeline(), site);
                  }
                });
    if (reusePort != null) {
      bootstrap.option(reusePort, true);
    }
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    return new HttpListener(bound.channel());
  }

  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}

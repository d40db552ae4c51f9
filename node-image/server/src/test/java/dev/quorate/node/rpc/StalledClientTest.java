package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that asks for much and reads nothing, on real sockets, beside one that behaves. */
final class StalledClientTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, -1, 1, 1000);
  private static final ByteString KEY = ByteString.copyFromUtf8("large");

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final ServingMember member = new SoleMember(false).serving();
  private Server server;
  private ManagedChannel stalled;
  private ManagedChannel honest;

  @BeforeEach
  void start() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        NettyServerBuilder.forAddress(address)
            .directExecutor()
            .addService(new KvService(() -> member, AccessControl.none(), LIMITS, readThreads))
            .build()
            .start();
    stalled = channel();
    honest = channel();
  }

  private ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    stalled.shutdownNow();
    honest.shutdownNow();
    server.shutdownNow();
    readThreads.close();
  }

  @Test
  void holdsUpNobodyElse() {
    var large =
        PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFrom(new byte[1 << 20]));
    var _ = kv().put(large.build());
    var one = RangeRequest.newBuilder().setKey(KEY).build();
    var range = one.toBuilder().setRangeEnd(ByteString.copyFromUtf8("m")).build();
    for (int i = 0; i < 25; i++) {
      askAndNeverRead(one);
      askAndNeverRead(range);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(kv().range(range).getCount()).isEqualTo(1);
      assertThat(kv().range(one).getCount()).isEqualTo(1);
      assertThat(
              kv().put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("other")).build())
                  .hasHeader())
          .isTrue();
    }
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(honest).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private void askAndNeverRead(RangeRequest request) {
    var call = stalled.newCall(KVGrpc.getRangeMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<RangeResponse>() {}, new Metadata());
    call.sendMessage(request);
    call.halfClose();
  }
}

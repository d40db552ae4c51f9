package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.watch.WatchSettings;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sole member with its Watch service, and what clients can do to its keys. */
final class WatchServer implements AutoCloseable {
  final SoleMember member = new SoleMember(false, WatchSettings.of(Duration.ofMillis(1), 2 << 20));
  final ManagedChannel channel;
  private final Server server;
  private volatile @Nullable ServingMember serving = member.serving();

  WatchServer(ServerInterceptor... interceptors) {
    String name = InProcessServerBuilder.generateName();
    try {
      var builder =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .intercept(new LeaderRequirement(() -> serving))
              .addService(new WatchService(() -> serving, AccessControl.none()));
      List.of(interceptors).forEach(builder::intercept);
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** Another one serves from now on; null: nobody. */
  void serve(@Nullable ServingMember other) {
    serving = other;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    member.watches.close();
  }

  void put(String key, String value) {
    submit(Command.newBuilder().setPut(putRequest(key, value)));
  }

  void delete(String key, String end) {
    submit(
        Command.newBuilder()
            .setDeleteRange(
                DeleteRangeRequest.newBuilder()
                    .setKey(key.isEmpty() ? bytes("\0") : bytes(key))
                    .setRangeEnd(bytes(end))));
  }

  void compact(long revision) {
    submit(Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(revision)));
  }

  void submit(Command.Builder command) {
    var _ = member.submit(command).join();
  }

  static PutRequest putRequest(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(SoleMember.CLUSTER_ID)
        .setMemberId(SoleMember.MEMBER_ID)
        .setRaftTerm(SoleMember.TERM)
        .setRevision(revision)
        .build();
  }
}

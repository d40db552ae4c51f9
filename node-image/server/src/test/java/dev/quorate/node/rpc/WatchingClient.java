package dev.quorate.node.rpc;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.WatchCancelRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchProgressRequest;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client with one stream of watches, that reads when it is told to. */
final class WatchingClient {
  private static final long PATIENCE_SECONDS = 30;

  private final ClientCall<WatchRequest, WatchResponse> call;
  private final LinkedBlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private volatile boolean reading = true;

  private WatchingClient(Channel channel, Metadata metadata) {
    call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(WatchResponse response) {
            responses.add(response);
            if (reading) {
              call.request(1);
            }
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        metadata);
  }

  static WatchingClient open(Channel channel) {
    return open(channel, new Metadata());
  }

  static WatchingClient open(Channel channel, Metadata metadata) {
    var client = new WatchingClient(channel, metadata);
    client.call.request(1);
    return client;
  }

  /** Reads nothing until {@link #read} is called. */
  static WatchingClient stalled(Channel channel) {
    var client = new WatchingClient(channel, new Metadata());
    client.reading = false;
    return client;
  }

  void read() {
    reading = true;
    call.request(1);
  }

  void create(WatchCreateRequest.Builder request) {
    call.sendMessage(WatchRequest.newBuilder().setCreateRequest(request).build());
  }

  /** Creates a watch and waits for the answer to that. */
  WatchResponse created(WatchCreateRequest.Builder request) {
    create(request);
    return next();
  }

  void cancelWatch(long id) {
    call.sendMessage(
        WatchRequest.newBuilder()
            .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
            .build());
  }

  void askForProgress() {
    call.sendMessage(
        WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build());
  }

  void send(WatchRequest request) {
    call.sendMessage(request);
  }

  void halfClose() {
    call.halfClose();
  }

  void hangUp() {
    call.cancel("the test is over", null);
  }

  WatchResponse next() {
    try {
      return Objects.requireNonNull(
          responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no response came");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many responses came that were not looked at. */
  int waiting() {
    return responses.size();
  }

  Status status() {
    try {
      return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  void awaitResponses(int count) {
    await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> responses.size() >= count);
  }

  static WatchCreateRequest.Builder key(String key) {
    return WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
  }

  static WatchCreateRequest.Builder range(String key, String end) {
    return key(key).setRangeEnd(ByteString.copyFromUtf8(end));
  }
}

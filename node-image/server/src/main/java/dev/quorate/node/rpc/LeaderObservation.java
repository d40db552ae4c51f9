package dev.quorate.node.rpc;

import dev.quorate.api.election.LeaderResponse;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.node.kv.AnswerRoom;
import dev.quorate.node.rpc.Contest.Found;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells one client who leads and what that one proclaims, change by change. While the client does
 * not read, nothing is kept for it: the next change is looked up when it has read the last.
 */
final class LeaderObservation {
  private final ServingMember member;
  private final Contest contest;
  private final ServerCallStreamObserver<LeaderResponse> client;
  private final Patience patience;
  private @Nullable CompletableFuture<Void> readable;

  /** Made before the service returns. */
  LeaderObservation(Contest contest, ServerCallStreamObserver<LeaderResponse> client) {
    this.member = contest.member();
    this.contest = contest;
    this.client = client;
    this.patience = Patience.of(client);
    client.setOnReadyHandler(this::canRead);
  }

  static LeaderResponse response(Found<Optional<KeyValue>> found) {
    var response = LeaderResponse.newBuilder().setHeader(found.header());
    found.answer().ifPresent(response::setKv);
    return response.build();
  }

  void begin() {
    findLeader();
  }

  /** Steps are not chained to each other: an observation may go on for months. */
  private <T> void then(CompletableFuture<T> step, Consumer<T> next) {
    var _ =
        patience
            .await(step)
            .thenAccept(next)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null && !patience.isOver()) {
                    Calls.fail(client, EtcdErrors.of(failure));
                  }
                });
  }

  private void findLeader() {
    then(
        contest.winner(AnswerRoom.UNBOUNDED),
        found -> {
          long revision = found.header().getRevision();
          found
              .answer()
              .ifPresentOrElse(
                  winner -> tell(winner, revision), () -> awaitFirstCandidate(revision));
        });
  }

  private void awaitFirstCandidate(long revision) {
    var all = contest.all();
    var request =
        WatchCreateRequest.newBuilder()
            .setKey(all.getKey())
            .setRangeEnd(all.getRangeEnd())
            .setStartRevision(revision);
    then(
        EventWatch.first(member, request.build(), event -> event.getType() == Event.EventType.PUT),
        event -> tell(event.getKv(), event.getKv().getModRevision()));
  }

  private void tell(KeyValue leader, long revision) {
    then(
        untilReadable(),
        _ -> {
          client.onNext(response(new Found<>(Optional.of(leader), member.header(revision))));
          follow(leader, revision + 1);
        });
  }

  private void follow(KeyValue leader, long fromRevision) {
    var request =
        WatchCreateRequest.newBuilder().setKey(leader.getKey()).setStartRevision(fromRevision);
    then(
        EventWatch.first(member, request.build(), _ -> true),
        event -> {
          if (event.getType() == Event.EventType.DELETE) {
            findLeader();
          } else {
            tell(event.getKv(), event.getKv().getModRevision());
          }
        });
  }

  private synchronized CompletableFuture<Void> untilReadable() {
    if (client.isReady()) {
      return CompletableFuture.completedFuture(null);
    }
    var waiting = new CompletableFuture<Void>();
    readable = waiting;
    return waiting;
  }

  private void canRead() {
    CompletableFuture<Void> waiting;
    synchronized (this) {
      waiting = readable;
      readable = null;
    }
    if (waiting != null) {
      waiting.complete(null);
    }
  }
}

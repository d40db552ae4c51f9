package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.election.CampaignRequest;
import dev.quorate.api.election.CampaignResponse;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderKey;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.election.LeaderResponse;
import dev.quorate.api.election.ProclaimRequest;
import dev.quorate.api.election.ProclaimResponse;
import dev.quorate.api.election.ResignRequest;
import dev.quorate.api.election.ResignResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.node.rpc.Contest.Found;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * etcd's Election service: a key under the election's name is a candidate with its proclamation as
 * value, and who is first in line leads until the key is deleted or its lease ends.
 */
public final class ElectionService extends ElectionGrpc.ElectionImplBase {
  private final Contests contests;

  public ElectionService(Contests contests) {
    this.contests = contests;
  }

  @Override
  public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> client) {
    var contest = contests.enter(request.getName(), client);
    if (contest == null) {
      return;
    }
    var patience = Patience.of((ServerCallStreamObserver<CampaignResponse>) client);
    var won =
        contest
            .session(request.getLease())
            .thenCompose(lease -> run(contest, request, lease, patience));
    Calls.finishWaiting(won, client, () -> client.onNext(won.join()));
  }

  private static CompletableFuture<CampaignResponse> run(
      Contest contest, CampaignRequest request, long lease, Patience patience) {
    return contest
        .enter(lease, request.getValue())
        .thenCompose(
            entered -> {
              var leader =
                  LeaderKey.newBuilder()
                      .setName(request.getName())
                      .setKey(contest.key(lease))
                      .setRev(Contest.created(entered))
                      .setLease(lease)
                      .build();
              var response =
                  CampaignResponse.newBuilder()
                      .setHeader(entered.header())
                      .setLeader(leader)
                      .build();
              return saidAnew(contest, leader, entered.answer(), request.getValue())
                  .thenCompose(_ -> contest.awaitTurn(leader.getRev(), patience))
                  .exceptionallyCompose(failure -> leave(contest, leader, patience, failure))
                  .thenApply(_ -> response);
            });
  }

  /** Who was a candidate already may say something else now. */
  private static CompletableFuture<?> saidAnew(
      Contest contest, LeaderKey leader, TxnResponse entered, ByteString value) {
    return entered.getSucceeded()
            || entered.getResponses(0).getResponseRange().getKvs(0).getValue().equals(value)
        ? CompletableFuture.completedFuture(null)
        : say(contest, leader, leader.getLease(), value);
  }

  /** A client that went away while it waited is no candidate any more. */
  private static CompletableFuture<Void> leave(
      Contest contest, LeaderKey leader, Patience patience, Throwable failure) {
    if (!patience.isOver()) {
      return CompletableFuture.failedFuture(failure);
    }
    return contest.leave(leader.getKey(), leader.getRev(), failure);
  }

  private static CompletableFuture<Found<TxnResponse>> say(
      Contest contest, LeaderKey leader, long lease, ByteString value) {
    var put = PutRequest.newBuilder().setKey(leader.getKey()).setValue(value).setLease(lease);
    return contest
        .txn(
            TxnRequest.newBuilder()
                .addCompare(Contest.createdAt(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put)))
        .thenApply(
            said -> {
              if (!said.answer().getSucceeded()) {
                throw EtcdErrors.NOT_ELECTED.asRuntimeException();
              }
              return said;
            });
  }

  @Override
  public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> client) {
    var leader = request.getLeader();
    var contest = contest(request.hasLeader(), leader, client);
    if (contest == null) {
      return;
    }
    var said =
        contest
            .session(leader.getLease())
            .thenCompose(lease -> say(contest, leader, lease, request.getValue()))
            .thenApply(found -> ProclaimResponse.newBuilder().setHeader(found.header()).build());
    Calls.finish(said, client, () -> client.onNext(said.join()));
  }

  @Override
  public void resign(ResignRequest request, StreamObserver<ResignResponse> client) {
    var contest = contest(request.hasLeader(), request.getLeader(), client);
    if (contest == null) {
      return;
    }
    var resigned =
        contest
            .txn(Contest.departure(request.getLeader().getKey(), request.getLeader().getRev()))
            .thenApply(found -> ResignResponse.newBuilder().setHeader(found.header()).build());
    Calls.finish(resigned, client, () -> client.onNext(resigned.join()));
  }

  /** The contest that a leader has won; null if there is none, and the client knows why. */
  private @Nullable Contest contest(boolean hasLeader, LeaderKey leader, StreamObserver<?> client) {
    var contest = contests.enter(leader.getName(), client);
    if (contest != null && (!hasLeader || leader.getKey().isEmpty())) {
      Calls.fail(client, hasLeader ? EtcdErrors.EMPTY_KEY : EtcdErrors.MISSING_LEADER_KEY);
      return null;
    }
    return contest;
  }

  @Override
  public void leader(LeaderRequest request, StreamObserver<LeaderResponse> client) {
    var contest = contests.enter(request.getName(), client);
    if (contest == null) {
      return;
    }
    var found = contest.winner(contests.largeAnswers().share(client));
    Calls.finishWaiting(
        found.thenAccept(
            winner -> {
              if (winner.answer().isEmpty()) {
                throw EtcdErrors.NOBODY_ELECTED.asRuntimeException();
              }
            }),
        client,
        () -> client.onNext(LeaderObservation.response(found.join())));
  }

  @Override
  public void observe(LeaderRequest request, StreamObserver<LeaderResponse> client) {
    var contest = contests.enter(request.getName(), client);
    if (contest != null) {
      new LeaderObservation(contest, (ServerCallStreamObserver<LeaderResponse>) client).begin();
    }
  }
}

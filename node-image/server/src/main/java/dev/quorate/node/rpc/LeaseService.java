package dev.quorate.node.rpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrantResponse;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseKeepAliveRequest;
import dev.quorate.api.etcd.LeaseKeepAliveResponse;
import dev.quorate.api.etcd.LeaseLeasesRequest;
import dev.quorate.api.etcd.LeaseLeasesResponse;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.LeaseRevokeResponse;
import dev.quorate.api.etcd.LeaseStatus;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import dev.quorate.api.etcd.LeaseTimeToLiveResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.LeaseReading;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's Lease service. TTLs are in seconds. */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
  private static final long MAX_TTL_SECONDS = 9_000_000_000L;

  /** What is answered for a lease that is not there. */
  private static final long NO_TTL = -1;

  private final Supplier<@Nullable ServingMember> serving;
  private final QuotaGate quota;
  private final ReadThreads readThreads;
  private final LongSupplier leaseIds;

  /**
   * Serves whoever is there when a request comes; null: nobody.
   *
   * @param leaseIds draws positive ids for leases whose client leaves the choice to us
   */
  public LeaseService(
      Supplier<@Nullable ServingMember> serving,
      KvLimits limits,
      ReadThreads readThreads,
      LongSupplier leaseIds) {
    this.serving = serving;
    this.quota = new QuotaGate(limits);
    this.readThreads = readThreads;
    this.leaseIds = leaseIds;
  }

  @Override
  public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> client) {
    var member = member(client);
    if (member == null || quota.refuses(member, client)) {
      return;
    }
    if (request.getTTL() > MAX_TTL_SECONDS) {
      Calls.fail(client, EtcdErrors.LEASE_TTL_TOO_LARGE);
      return;
    }
    write(
        member,
        Command.newBuilder().setLeaseGrant(chosen(request, member)),
        (response, header) -> ((LeaseGrantResponse) response).toBuilder().setHeader(header).build(),
        client);
  }

  /** With everything that the log must not leave to chance or to a member's settings. */
  private LeaseGrantRequest chosen(LeaseGrantRequest request, ServingMember member) {
    return request.toBuilder()
        .setID(request.getID() == 0 ? leaseIds.getAsLong() : request.getID())
        .setTTL(Math.max(request.getTTL(), member.leases().minTtlSeconds()))
        .build();
  }

  @Override
  public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> client) {
    var member = member(client);
    if (member == null) {
      return;
    }
    write(
        member,
        Command.newBuilder().setLeaseRevoke(LeaseRevocation.newBuilder().setId(request.getID())),
        (_, header) -> LeaseRevokeResponse.newBuilder().setHeader(header).build(),
        client);
  }

  private static <R> void write(
      ServingMember member,
      Command.Builder command,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var done = member.proposals().submit(command).thenApply(Calls::done);
    Calls.finish(
        done,
        client,
        () -> {
          ApplyResult.Done result = done.join();
          client.onNext(response.apply(result.response(), member.header(result)));
        });
  }

  @Override
  public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
      StreamObserver<LeaseKeepAliveResponse> client) {
    var member = member(client);
    return KeepAliveStream.open(member, (ServerCallStreamObserver<LeaseKeepAliveResponse>) client);
  }

  @Override
  public void leaseTimeToLive(
      LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> client) {
    var member = member(client);
    if (member == null) {
      return;
    }
    long id = request.getID();
    var read =
        read(member, reads -> reads.lease(id, request.getKeys()))
            .thenCompose(
                one ->
                    one.lease() == null
                        ? CompletableFuture.completedFuture(unknown(member, id, one.revision()))
                        : member
                            .leases()
                            .remainingSeconds(id)
                            .thenApply(left -> timeToLive(member, one, left)));
    Calls.finish(read, client, () -> client.onNext(read.join()));
  }

  private static LeaseTimeToLiveResponse unknown(ServingMember member, long id, long revision) {
    return LeaseTimeToLiveResponse.newBuilder()
        .setHeader(member.header(revision))
        .setID(id)
        .setTTL(NO_TTL)
        .build();
  }

  /** The lease may have been revoked between the two looks at it. */
  private static LeaseTimeToLiveResponse timeToLive(
      ServingMember member, LeaseReading.One one, OptionalLong left) {
    var lease = one.lease();
    if (lease == null) {
      throw new IllegalArgumentException("no lease was read");
    }
    if (left.isEmpty()) {
      return unknown(member, lease.id(), one.revision());
    }
    return LeaseTimeToLiveResponse.newBuilder()
        .setHeader(member.header(one.revision()))
        .setID(lease.id())
        .setTTL(left.getAsLong())
        .setGrantedTTL(lease.grantedTtlSeconds())
        .addAllKeys(one.keys())
        .build();
  }

  @Override
  public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> client) {
    var member = member(client);
    if (member == null) {
      return;
    }
    var read = read(member, KvReads::leases);
    Calls.finish(
        read,
        client,
        () -> {
          var all = read.join();
          var response = LeaseLeasesResponse.newBuilder().setHeader(member.header(all.revision()));
          for (var lease : all.leases()) {
            response.addLeases(LeaseStatus.newBuilder().setID(lease.id()));
          }
          client.onNext(response.build());
        });
  }

  /** A linearizable read of any size, on a thread for such reads. */
  private <T> CompletableFuture<T> read(ServingMember member, Function<KvReads, T> question) {
    return member
        .reads()
        .linearizable()
        .thenCompose(_ -> readThreads.supply(() -> question.apply(member.state().get().reads())));
  }

  /** Who serves this request; null if nobody does, and the client knows why. */
  private @Nullable ServingMember member(StreamObserver<?> client) {
    return Calls.servingVoter(serving, client);
  }
}

package dev.quorate.node.rpc;

import dev.quorate.api.command.Command;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.AlarmType;
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
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.LeaseReading;
import dev.quorate.node.kv.RequestAccess;
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
  private final AccessControl access;
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
      AccessControl access,
      KvLimits limits,
      ReadThreads readThreads,
      LongSupplier leaseIds) {
    this.serving = serving;
    this.access = access;
    this.quota = new QuotaGate(limits);
    this.readThreads = readThreads;
    this.leaseIds = leaseIds;
  }

  @Override
  public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> client) {
    var member = member(client);
    if (member == null || quota.refuses(member, RequestCost.LEASE_BYTES, client)) {
      return;
    }
    if (request.getTTL() > MAX_TTL_SECONDS) {
      // An alarm is refused first, as where the entry is applied.
      boolean noSpace = member.state().get().members().hasAlarm(AlarmType.NOSPACE);
      Calls.fail(client, noSpace ? EtcdErrors.NO_SPACE : EtcdErrors.LEASE_TTL_TOO_LARGE);
      return;
    }
    Calls.answer(
        member,
        access.submit(member, Command.newBuilder().setLeaseGrant(chosen(request, member))),
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
    var revocation = LeaseRevocation.newBuilder().setId(request.getID());
    Calls.answer(
        member,
        access.submit(member, Command.newBuilder().setLeaseRevoke(revocation)),
        (_, header) -> LeaseRevokeResponse.newBuilder().setHeader(header).build(),
        client);
  }

  @Override
  public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
      StreamObserver<LeaseKeepAliveResponse> client) {
    var member = member(client);
    if (member == null) {
      return KeepAliveStream.refused();
    }
    // A stream lasts: auth may be enabled while it does, so what it shows is always kept.
    var credentials = Credentials.current();
    return KeepAliveStream.open(
        member,
        lease -> requireWritable(member, credentials, lease),
        (ServerCallStreamObserver<LeaseKeepAliveResponse>) client);
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
        read(
                member,
                reads -> reads.lease(id, request.getKeys()),
                (needs, one) -> needs.read(one.keys()))
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
    var read = read(member, KvReads::leases, LeaseService::readable);
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
  private <T> CompletableFuture<T> read(
      ServingMember member,
      Function<KvReads, T> question,
      BiFunction<RequestAccess, T, @Nullable KvError> permission) {
    var credentials = access.credentials(member.state().get());
    return member
        .reads()
        .linearizable()
        .thenCompose(
            _ ->
                readThreads.supply(
                    () ->
                        access.readThenAsk(
                            member.state().get(), credentials, question, permission)));
  }

  /** Who is told all leases must be allowed to read the keys of all of them. */
  private static @Nullable KvError readable(RequestAccess needs, LeaseReading.All all) {
    for (var lease : all.leases()) {
      var error = needs.readLease(lease.id());
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  /** Who renews a lease decides about all its keys; a lease may have many, so not here and now. */
  private CompletableFuture<?> requireWritable(
      ServingMember member, Credentials credentials, long lease) {
    return member.state().get().auth().enabled()
        ? readThreads.supply(
            () -> {
              access.require(member.state().get(), credentials, needs -> needs.lease(lease));
              return lease;
            })
        : CompletableFuture.completedFuture(lease);
  }

  /** Who serves this request; null if nobody does, and the client knows why. */
  private @Nullable ServingMember member(StreamObserver<?> client) {
    return Calls.servingVoter(serving, client);
  }
}

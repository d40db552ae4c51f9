package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.quorate.api.election.CampaignRequest;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderKey;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.election.ProclaimRequest;
import dev.quorate.api.election.ResignRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.LockResponse;
import dev.quorate.api.lock.UnlockRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that contend for locks and elections. */
@Timeout(120)
final class LockAndElectionTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 4 << 20, 2, 100);

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final SoleMember member = new SoleMember(false);
  private final AtomicLong nextLease = new AtomicLong(0x100);
  private Server server;
  private ManagedChannel channel;
  private LockGrpc.LockBlockingStub locks;
  private ElectionGrpc.ElectionBlockingStub elections;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    var contests =
        new Contests(
            member::serving, AccessControl.none(), LIMITS, readThreads, nextLease::getAndIncrement);
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new KvService(member::serving, AccessControl.none(), LIMITS, readThreads))
            .addService(
                new LeaseService(
                    member::serving,
                    AccessControl.none(),
                    LIMITS,
                    readThreads,
                    nextLease::getAndIncrement))
            .addService(new LockService(contests))
            .addService(new ElectionService(contests))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
    locks = LockGrpc.newBlockingStub(channel);
    elections = ElectionGrpc.newBlockingStub(channel);
    for (long lease = 10; lease < 13; lease++) {
      LeaseGrpc.newBlockingStub(channel)
          .leaseGrant(LeaseGrantRequest.newBuilder().setID(lease).setTTL(100).build());
    }
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
    member.watches.close();
  }

  @Test
  void aLockGoesFromClientToClientInTheOrderTheyCame() throws Exception {
    var first = locks.lock(lockRequest(10));
    assertThat(first.getKey()).isEqualTo(bytes("name/a"));
    assertThat(locks.lock(lockRequest(10)).getKey()).as("held already").isEqualTo(first.getKey());
    var second = waitForLock(11, 2);
    var third = waitForLock(12, 3);
    assertThat(second.isDone()).isFalse();
    unlock(first);
    var secondKey = second.get(30, TimeUnit.SECONDS);
    assertThat(secondKey.getKey()).isEqualTo(bytes("name/b"));
    assertThat(third.isDone()).isFalse();
    unlock(secondKey);
    assertThat(third.get(30, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("name/c"));
  }

  @Test
  void aLockIsLostWithItsLease() throws Exception {
    locks.lock(lockRequest(10));
    var second = waitForLock(11, 2);
    revoke(10);
    assertThat(second.get(30, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("name/b"));
  }

  @Test
  void whoseLeaseEndsWhileItWaitsIsTold() {
    locks.lock(lockRequest(10));
    var second = waitForLock(11, 2);
    revoke(11);
    revoke(10);
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> second.get(30, TimeUnit.SECONDS))
        .withMessageContaining("mutex: session is expired");
  }

  @Test
  void whoGoesAwayWhileItWaitsIsOutOfTheLine() throws Exception {
    var first = locks.lock(lockRequest(10));
    var second = waitForLock(11, 2);
    var third = waitForLock(12, 3);
    second.cancel(true);
    await().atMost(Duration.ofSeconds(30)).until(() -> keys() == 2);
    unlock(first);
    assertThat(third.get(30, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("name/c"));
  }

  @Test
  void aHolderThatAsksAgainInVainGoesOnHolding() throws Exception {
    var first = locks.lock(lockRequest(10));
    try (var busy = new BusyReadThreads(readThreads, LIMITS)) {
      assertThat(busy).isNotNull();
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> locks.lock(lockRequest(10)))
          .matches(failure -> failure.getStatus().getCode() == Code.RESOURCE_EXHAUSTED);
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> locks.lock(lockRequest(11)))
          .matches(failure -> failure.getStatus().getCode() == Code.RESOURCE_EXHAUSTED);
    }
    await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> keys() == 1);
    var second = waitForLock(11, 2);
    unlock(first);
    assertThat(second.get(30, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("name/b"));
  }

  @Test
  void aClientWithoutALeaseGetsOneOfAMinute() {
    assertThat(locks.lock(lockRequest(0)).getKey()).isEqualTo(bytes("name/100"));
    assertThat(member.state.reads().lease(0x100, true).keys()).containsExactly(bytes("name/100"));
    assertThat(member.state.reads().leases().leases())
        .anyMatch(lease -> lease.id() == 0x100 && lease.grantedTtlSeconds() == 60);
    assertError(
        () -> locks.lock(lockRequest(99)), Code.NOT_FOUND, "etcdserver: requested lease not found");
    assertError(
        () -> locks.unlock(UnlockRequest.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "etcdserver: key is not provided");
  }

  /** As all other writes are. */
  @Test
  void whatIsTooLargeOrFindsNoRoomIsRefused() {
    assertError(
        () -> elections.campaign(campaign(10, "x".repeat(LIMITS.maxRequestBytes()))),
        Code.INVALID_ARGUMENT,
        "etcdserver: request is too large");
    var large = "x".repeat(LIMITS.maxRequestBytes() - 100_000);
    var one = elections.campaign(campaign(10, large));
    String error = "etcdserver: mvcc: database space exceeded";
    assertError(
        () -> proclaim(one.getLeader(), large.replace('x', 'y')), Code.RESOURCE_EXHAUSTED, error);
    assertThat(member.state.members().hasAlarm(AlarmType.NOSPACE)).isTrue();
    assertError(() -> locks.lock(lockRequest(11)), Code.RESOURCE_EXHAUSTED, error);
    assertError(() -> locks.lock(lockRequest(0)), Code.RESOURCE_EXHAUSTED, error);
    elections.resign(ResignRequest.newBuilder().setLeader(one.getLeader()).build());
    assertThat(keys()).as("leaving needs no room").isZero();
  }

  @Test
  void anElectionHasOneLeaderAndItsObserversKnow() throws Exception {
    var seen = elections.observe(LeaderRequest.newBuilder().setName(bytes("name")).build());
    var one = elections.campaign(campaign(10, "one"));
    assertThat(one.getLeader().getKey()).isEqualTo(bytes("name/a"));
    assertThat(one.getLeader().getLease()).isEqualTo(10);
    assertThat(seen.next().getKv().getValue()).isEqualTo(bytes("one"));
    var two = ElectionGrpc.newFutureStub(channel).campaign(campaign(11, "two"));
    await().atMost(Duration.ofSeconds(30)).until(() -> keys() == 2);
    assertThat(leader()).isEqualTo(bytes("one"));
    proclaim(one.getLeader(), "one more");
    assertThat(seen.next().getKv().getValue()).isEqualTo(bytes("one more"));
    assertThat(two.isDone()).isFalse();
    elections.resign(ResignRequest.newBuilder().setLeader(one.getLeader()).build());
    assertThat(two.get(30, TimeUnit.SECONDS).getLeader().getKey()).isEqualTo(bytes("name/b"));
    assertThat(seen.next().getKv().getValue()).isEqualTo(bytes("two"));
    assertThat(leader()).isEqualTo(bytes("two"));
    assertError(() -> proclaim(one.getLeader(), "still"), Code.UNKNOWN, "election: not leader");
    elections.resign(ResignRequest.newBuilder().setLeader(one.getLeader()).build());
    assertThat(leader()).isEqualTo(bytes("two"));
  }

  @Test
  void saysWhatIsWrongWithAnElection() {
    assertError(this::leader, Code.UNKNOWN, "election: no leader");
    assertError(
        () -> elections.proclaim(ProclaimRequest.getDefaultInstance()),
        Code.UNKNOWN,
        "\"leader\" field must be provided");
    assertError(
        () -> elections.resign(ResignRequest.getDefaultInstance()),
        Code.UNKNOWN,
        "\"leader\" field must be provided");
  }

  @Test
  void aCandidateMaySaySomethingElseAndGoesWithItsClient() {
    elections.campaign(campaign(10, "one"));
    assertThat(elections.campaign(campaign(10, "again")).getLeader().getKey())
        .isEqualTo(bytes("name/a"));
    assertThat(leader()).isEqualTo(bytes("again"));
    var two = ElectionGrpc.newFutureStub(channel).campaign(campaign(11, "two"));
    await().atMost(Duration.ofSeconds(30)).until(() -> keys() == 2);
    two.cancel(true);
    await().atMost(Duration.ofSeconds(30)).until(() -> keys() == 1);
  }

  private ListenableFuture<LockResponse> waitForLock(long lease, int inLine) {
    var locked = LockGrpc.newFutureStub(channel).lock(lockRequest(lease));
    await().atMost(Duration.ofSeconds(30)).until(() -> keys() == inLine);
    return locked;
  }

  private long keys() {
    return KVGrpc.newBlockingStub(channel)
        .range(RangeRequest.newBuilder().setKey(bytes("name/")).setRangeEnd(bytes("name0")).build())
        .getCount();
  }

  private void unlock(LockResponse locked) {
    var unlocked = locks.unlock(UnlockRequest.newBuilder().setKey(locked.getKey()).build());
    assertThat(unlocked.getHeader().getMemberId()).isEqualTo(SoleMember.MEMBER_ID);
  }

  private void revoke(long lease) {
    var revoked =
        LeaseGrpc.newBlockingStub(channel)
            .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
    assertThat(revoked.hasHeader()).isTrue();
  }

  private ByteString leader() {
    return elections
        .leader(LeaderRequest.newBuilder().setName(bytes("name")).build())
        .getKv()
        .getValue();
  }

  private void proclaim(LeaderKey leader, String value) {
    var said =
        elections.proclaim(
            ProclaimRequest.newBuilder().setLeader(leader).setValue(bytes(value)).build());
    assertThat(said.hasHeader()).isTrue();
  }

  private static LockRequest lockRequest(long lease) {
    return LockRequest.newBuilder().setName(bytes("name")).setLease(lease).build();
  }

  private static CampaignRequest campaign(long lease, String value) {
    return CampaignRequest.newBuilder()
        .setName(bytes("name"))
        .setLease(lease)
        .setValue(bytes(value))
        .build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static void assertError(ThrowingCallable call, Code code, String text) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }
}

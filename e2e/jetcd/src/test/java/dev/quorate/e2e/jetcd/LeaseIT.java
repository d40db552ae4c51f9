package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static dev.quorate.e2e.jetcd.Jetcd.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.ProcessCluster;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** jetcd's Lease: granted, renewed once and for as long as wanted, looked at, revoked, expired. */
@ExtendWith(ThreeNodes.class)
final class LeaseIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Client client;
  private final Lease leases;
  private final KV kv;

  LeaseIT(ProcessCluster cluster) {
    client = Jetcd.builder(cluster.nodes()).build();
    leases = client.getLeaseClient();
    kv = client.getKVClient();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private long grant(long seconds) {
    return get(leases.grant(seconds)).getID();
  }

  private void attach(String key, long lease) {
    get(kv.put(bytes(key), bytes("1"), PutOption.builder().withLeaseId(lease).build()));
  }

  private boolean isThere(String key) {
    return get(kv.get(bytes(key))).getCount() == 1;
  }

  /** What a renewal that goes on was told. */
  private static final class Renewals implements StreamObserver<LeaseKeepAliveResponse> {
    final List<LeaseKeepAliveResponse> answers = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(LeaseKeepAliveResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(failure);
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void isGrantedForAsLongAsAsked() {
    var granted = get(leases.grant(60, 5, TimeUnit.SECONDS));
    assertThat(granted.getID()).isPositive();
    assertThat(granted.getTTL()).isEqualTo(60);
    assertThat(refusal(leases.grant(9_000_000_001L)))
        .isEqualTo("OUT_OF_RANGE: etcdserver: too large lease TTL");
  }

  @Test
  void tellsWhatIsLeftAndWhichKeysItHolds() {
    long lease = grant(60);
    attach("lease/a", lease);
    attach("lease/b", lease);
    assertThat(get(kv.get(bytes("lease/a"))).getKvs().getFirst().getLease()).isEqualTo(lease);
    var with = get(leases.timeToLive(lease, LeaseOption.builder().withAttachedKeys().build()));
    assertThat(with.getGrantedTTL()).isEqualTo(60);
    assertThat(with.getTTL()).isBetween(30L, 60L);
    assertThat(with.getKeys()).containsExactlyInAnyOrder(bytes("lease/a"), bytes("lease/b"));
    assertThat(get(leases.timeToLive(lease, LeaseOption.DEFAULT)).getKeys()).isEmpty();
  }

  @Test
  void takesItsKeysAlongWhenItIsRevoked() {
    long lease = grant(60);
    attach("revoked", lease);
    get(leases.revoke(lease));
    assertThat(isThere("revoked")).isFalse();
    assertThat(refusal(leases.revoke(lease)))
        .isEqualTo("NOT_FOUND: etcdserver: requested lease not found");
    assertThat(get(leases.timeToLive(lease, LeaseOption.DEFAULT)).getTTL()).isEqualTo(-1);
    assertThat(refusal(leases.keepAliveOnce(lease))).contains("requested lease not found");
  }

  @Test
  void takesItsKeysAlongWhenItExpires() {
    attach("expired", grant(1));
    await("the key to be gone").atMost(LIMIT).until(() -> !isThere("expired"));
  }

  @Test
  void isRenewedOnce() {
    long lease = grant(60);
    var answer = get(leases.keepAliveOnce(lease));
    assertThat(answer.getID()).isEqualTo(lease);
    assertThat(answer.getTTL()).isEqualTo(60);
  }

  @Test
  void livesAsLongAsItIsRenewed() {
    long renewed = grant(2);
    long left = grant(2);
    attach("renewed", renewed);
    attach("left", left);
    var seen = new Renewals();
    try (var _ = leases.keepAlive(renewed, seen)) {
      await("the other lease to expire").atMost(LIMIT).until(() -> !isThere("left"));
      int before = seen.answers.size();
      await("further renewals").atMost(LIMIT).until(() -> seen.answers.size() >= before + 3);
      assertThat(isThere("renewed")).isTrue();
      assertThat(seen.answers).allMatch(answer -> answer.getTTL() == 2);
      assertThat(seen.failures).isEmpty();
      get(leases.revoke(renewed));
      await("the renewal to be told").atMost(LIMIT).until(() -> !seen.failures.isEmpty());
      assertThat(refusal(seen.failures.getFirst())).contains("requested lease not found");
    }
  }
}

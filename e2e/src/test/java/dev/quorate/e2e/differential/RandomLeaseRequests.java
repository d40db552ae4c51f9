package dev.quorate.e2e.differential;

import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseLeasesRequest;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import java.util.random.RandomGenerator;

/** Leases under few ids, so that they are granted twice, revoked and missed; none expires. */
final class RandomLeaseRequests {
  static final int LEASES = 5;
  private static final long TTL_SECONDS = 5_000;

  private final RandomGenerator random;

  RandomLeaseRequests(RandomGenerator random) {
    this.random = random;
  }

  Request<?> next() {
    long id = 1L + random.nextInt(LEASES);
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> grant(id, TTL_SECONDS + random.nextInt(100));
      case 3 -> grant(random.nextInt(3) == 0 ? 0x7fff_0000_0000L : id, badTtl());
      case 4, 5 -> revoke(id);
      case 6 ->
          Request.of(LeaseGrpc.getLeaseLeasesMethod(), LeaseLeasesRequest.getDefaultInstance());
      default ->
          Request.of(
              LeaseGrpc.getLeaseTimeToLiveMethod(),
              LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(random.nextBoolean()).build());
    };
  }

  private long badTtl() {
    return random.nextBoolean() ? 9_000_000_001L : Long.MAX_VALUE;
  }

  private static Request<?> grant(long id, long ttlSeconds) {
    return Request.of(
        LeaseGrpc.getLeaseGrantMethod(),
        LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build());
  }

  static Request<?> revoke(long id) {
    return Request.of(
        LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(id).build());
  }
}

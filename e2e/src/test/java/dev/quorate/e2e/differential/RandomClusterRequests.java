package dev.quorate.e2e.differential;

import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.DefragmentRequest;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberPromoteRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.MemberUpdateRequest;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.StatusRequest;
import java.util.random.RandomGenerator;

/** What can be asked about a cluster of one without changing who belongs to it. */
final class RandomClusterRequests {
  private static final long NOBODY = 0x1234;

  private final RandomGenerator random;

  RandomClusterRequests(RandomGenerator random) {
    this.random = random;
  }

  Request<?> next(long now) {
    return switch (random.nextInt(11)) {
      case 0 ->
          Request.of(
              ClusterGrpc.getMemberListMethod(),
              MemberListRequest.newBuilder().setLinearizable(random.nextBoolean()).build());
      case 1 ->
          Request.of(
              ClusterGrpc.getMemberAddMethod(),
              MemberAddRequest.newBuilder().addPeerURLs(badUrl()).build());
      case 2 ->
          Request.of(
              ClusterGrpc.getMemberRemoveMethod(),
              MemberRemoveRequest.newBuilder().setID(NOBODY).build());
      case 3 ->
          Request.of(
              ClusterGrpc.getMemberUpdateMethod(),
              MemberUpdateRequest.newBuilder()
                  .setID(NOBODY)
                  .addPeerURLs("http://127.0.0.1:1")
                  .build());
      case 4 ->
          Request.of(
              ClusterGrpc.getMemberPromoteMethod(),
              MemberPromoteRequest.newBuilder().setID(NOBODY).build());
      case 5 -> Request.of(MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
      case 6 ->
          Request.of(
              MaintenanceGrpc.getAlarmMethod(),
              AlarmRequest.newBuilder()
                  .setAction(AlarmRequest.AlarmAction.GET)
                  .setAlarm(AlarmType.forNumber(random.nextInt(3)))
                  .build());
      case 7 ->
          Request.of(
              MaintenanceGrpc.getMoveLeaderMethod(),
              MoveLeaderRequest.newBuilder().setTargetID(NOBODY).build());
      case 8 ->
          Request.of(MaintenanceGrpc.getDefragmentMethod(), DefragmentRequest.getDefaultInstance());
      case 9 -> alarm(random.nextInt(4) == 0);
      default ->
          Request.of(
              MaintenanceGrpc.getHashKVMethod(),
              HashKVRequest.newBuilder()
                  .setRevision(random.nextBoolean() ? 0 : now + 1 + random.nextInt(3))
                  .build());
    };
  }

  private String badUrl() {
    return switch (random.nextInt(4)) {
      case 0 -> "not a url";
      case 1 -> "http://127.0.0.1";
      case 2 -> "ftp://127.0.0.1:1";
      default -> "";
    };
  }

  /** An alarm that nobody has a reason for refuses puts until somebody takes it back. */
  static Request<?> alarm(boolean on) {
    return Request.of(
        MaintenanceGrpc.getAlarmMethod(),
        AlarmRequest.newBuilder()
            .setAction(on ? AlarmRequest.AlarmAction.ACTIVATE : AlarmRequest.AlarmAction.DEACTIVATE)
            .setMemberID(NOBODY)
            .setAlarm(AlarmType.NOSPACE)
            .build());
  }
}

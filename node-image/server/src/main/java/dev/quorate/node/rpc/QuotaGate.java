package dev.quorate.node.rpc;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import io.grpc.stub.StreamObserver;

/** Where what makes the state grow is turned away while there is no room for it. */
final class QuotaGate {
  private final KvLimits limits;

  QuotaGate(KvLimits limits) {
    this.limits = limits;
  }

  /** Whether a client was told that there is no space for what a request costs. */
  boolean refuses(ServingMember member, long costBytes, StreamObserver<?> client) {
    return Calls.refused(isFull(member, costBytes) ? EtcdErrors.NO_SPACE : null, client);
  }

  /**
   * Whether there is no space for what a request costs. The first who notices raises the alarm, so
   * that all members refuse from the same entry on.
   */
  boolean isFull(ServingMember member, long costBytes) {
    var state = member.state().get();
    if (!limits.isOverQuota(state.databaseSizeBytes(), costBytes)
        || !limits.isOverQuota(state.measureDatabase(), costBytes)) {
      return false;
    }
    if (!state.members().hasAlarm(AlarmType.NOSPACE)) {
      var alarm =
          AlarmRequest.newBuilder()
              .setAction(AlarmRequest.AlarmAction.ACTIVATE)
              .setMemberID(member.control().identity().memberId())
              .setAlarm(AlarmType.NOSPACE);
      var _ = member.proposals().submit(Command.newBuilder().setAlarm(alarm));
    }
    return true;
  }
}

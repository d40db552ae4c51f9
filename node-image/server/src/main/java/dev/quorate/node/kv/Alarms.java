package dev.quorate.node.kv;

import dev.quorate.api.command.CommandOrBuilder;
import dev.quorate.api.etcd.AlarmType;
import org.jspecify.annotations.Nullable;

/**
 * What alarms keep commands from, and what the one who raises or clears one is told; etcd's way.
 */
final class Alarms {
  private Alarms() {}

  /** Why a command is not applied while these alarms are raised; null if it is. */
  static @Nullable KvError refusal(MemberTable members, CommandOrBuilder command) {
    if (members.alarms().isEmpty()) {
      return null;
    }
    boolean corrupt = members.hasAlarm(AlarmType.CORRUPT);
    boolean noSpace = members.hasAlarm(AlarmType.NOSPACE);
    return switch (command.getOperationCase()) {
      case TXN -> {
        boolean full = noSpace && Transactions.hasPut(command.getTxn());
        yield corrupt ? KvError.CORRUPT : full ? KvError.NO_SPACE : null;
      }
      case PUT, LEASE_GRANT -> corrupt ? KvError.CORRUPT : noSpace ? KvError.NO_SPACE : null;
      case DELETE_RANGE, COMPACT, LEASE_REVOKE -> corrupt ? KvError.CORRUPT : null;
      case LEASE_CHECKPOINT, PUBLISH, UPDATE, FENCING_EPOCH, ALARM, AUTH -> null;
      case OPERATION_NOT_SET -> null;
    };
  }
}

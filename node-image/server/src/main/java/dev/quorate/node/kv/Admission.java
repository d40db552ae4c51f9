package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Which commands are not even tried; the order of the questions is etcd's. */
final class Admission {
  private Admission() {}

  static Caller caller(Command command) {
    return new Caller(command.getUser(), command.getAuthRevision());
  }

  /** Why a command is refused; null if it may be tried. */
  static @Nullable KvError refusal(
      Command command,
      MemberTable members,
      AuthState auth,
      LongFunction<? extends Iterable<ByteString>> keysOfLease) {
    var alarmed = Alarms.refusal(members, command);
    if (alarmed != null || !auth.enabled()) {
      return alarmed;
    }
    return notPermitted(command, new RequestAccess(auth, caller(command), keysOfLease));
  }

  private static @Nullable KvError notPermitted(Command command, RequestAccess access) {
    return switch (command.getOperationCase()) {
      case PUT -> access.put(command.getPut());
      case DELETE_RANGE -> access.deleteRange(command.getDeleteRange());
      case TXN -> access.txn(command.getTxn());
      // What has expired is revoked for nobody in particular.
      case LEASE_REVOKE ->
          command.getLeaseRevoke().getExpiredInTerm() == 0
              ? access.lease(command.getLeaseRevoke().getId())
              : null;
      // Whoever says who it is may have a lease; that is asked before.
      case LEASE_GRANT -> null;
      // Only root, or the cluster itself, gets these into the log.
      case COMPACT, PUBLISH, UPDATE, FENCING_EPOCH, ALARM, LEASE_CHECKPOINT -> null;
      // These know themselves what they need.
      case AUTH, OPERATION_NOT_SET -> null;
    };
  }
}

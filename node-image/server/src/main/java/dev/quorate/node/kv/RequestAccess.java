package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What requests need of their caller, whatever the state decides about them later: every operation
 * of a transaction counts, on both branches and at every depth.
 */
public final class RequestAccess {
  private final AuthState auth;
  private final Caller caller;
  private final LongFunction<? extends Iterable<ByteString>> keysOfLease;

  /**
   * Of one caller, by one picture of users and roles.
   *
   * @param keysOfLease the keys that a lease has attached; none for a lease that is not there
   */
  public RequestAccess(
      AuthState auth, Caller caller, LongFunction<? extends Iterable<ByteString>> keysOfLease) {
    this.auth = auth;
    this.caller = caller;
    this.keysOfLease = keysOfLease;
  }

  public @Nullable KvError range(ByteString key, ByteString rangeEnd) {
    return auth.refuse(caller, Access.READ, key, rangeEnd);
  }

  public @Nullable KvError put(PutRequest request) {
    var error = auth.refuse(caller, Access.WRITE, request.getKey(), ByteString.EMPTY);
    if (error == null) {
      error = lease(request.getLease());
    }
    if (error == null && request.getPrevKv()) {
      error = range(request.getKey(), ByteString.EMPTY);
    }
    return error;
  }

  public @Nullable KvError deleteRange(DeleteRangeRequest request) {
    var error = auth.refuse(caller, Access.WRITE, request.getKey(), request.getRangeEnd());
    if (error == null && request.getPrevKv()) {
      error = range(request.getKey(), request.getRangeEnd());
    }
    return error;
  }

  /**
   * Whoever attaches a key to a lease, renews or revokes it decides about all its keys: it must be
   * allowed to write them.
   */
  public @Nullable KvError lease(long id) {
    return id == 0 ? null : everyKeyOf(id, Access.WRITE);
  }

  /** Whoever is told of a lease among others must be allowed to read its keys. */
  public @Nullable KvError readLease(long id) {
    return everyKeyOf(id, Access.READ);
  }

  /** Whoever is told keys without asking for them by name must be allowed to read them. */
  public @Nullable KvError read(List<ByteString> keys) {
    return auth.refuseUnlessRoot(caller) == null ? null : everyKey(keys, Access.READ);
  }

  private @Nullable KvError everyKeyOf(long lease, Access access) {
    return auth.refuseUnlessRoot(caller) == null
        ? null
        : everyKey(keysOfLease.apply(lease), access);
  }

  private @Nullable KvError everyKey(Iterable<ByteString> keys, Access access) {
    for (var key : keys) {
      var error = auth.refuse(caller, access, key, ByteString.EMPTY);
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  public @Nullable KvError txn(TxnRequest request) {
    for (var compare : request.getCompareList()) {
      var error = range(compare.getKey(), compare.getRangeEnd());
      if (error != null) {
        return error;
      }
    }
    var error = operations(request.getSuccessList());
    return error != null ? error : operations(request.getFailureList());
  }

  private @Nullable KvError operations(List<RequestOp> operations) {
    for (var operation : operations) {
      var error =
          switch (operation.getRequestCase()) {
            case REQUEST_RANGE ->
                range(
                    operation.getRequestRange().getKey(),
                    operation.getRequestRange().getRangeEnd());
            case REQUEST_PUT -> put(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> deleteRange(operation.getRequestDeleteRange());
            case REQUEST_TXN -> txn(operation.getRequestTxn());
            case REQUEST_NOT_SET -> null;
          };
      if (error != null) {
        return error;
      }
    }
    return null;
  }
}

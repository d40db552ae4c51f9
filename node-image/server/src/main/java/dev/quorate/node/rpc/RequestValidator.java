package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.RangeRequest.SortTarget;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.RequestOp.RequestCase;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a request before anybody looks at the state; null means nothing. */
final class RequestValidator {
  private static final Comparator<ByteString> KEY_ORDER =
      ByteString.unsignedLexicographicalComparator();

  /**
   * How many transactions may lie in each other. Requests are parsed to a depth of 100 messages,
   * two for each transaction, and an answer can be deeper than its request.
   */
  private static final int MAX_NESTED_TXNS = 32;

  private final int maxRequestBytes;
  private final int maxTxnOperations;

  RequestValidator(int maxRequestBytes, int maxTxnOperations) {
    this.maxRequestBytes = maxRequestBytes;
    this.maxTxnOperations = maxTxnOperations;
  }

  @Nullable Status validate(RangeRequest request) {
    if (request.getKey().isEmpty()) {
      return EtcdErrors.EMPTY_KEY;
    }
    return request.getSortOrder() == SortOrder.UNRECOGNIZED
            || request.getSortTarget() == SortTarget.UNRECOGNIZED
        ? EtcdErrors.INVALID_SORT_OPTION
        : null;
  }

  /** A stream goes in the order of the keys and leaves nothing out. */
  @Nullable Status validateStream(RangeRequest request) {
    var error = validate(request);
    if (error != null) {
      return error;
    }
    boolean byKey =
        request.getSortTarget() == SortTarget.KEY && request.getSortOrder() != SortOrder.DESCEND;
    if (!byKey) {
      return EtcdErrors.STREAM_CANNOT_SORT;
    }
    boolean filtered =
        request.getMinModRevision() != 0
            || request.getMaxModRevision() != 0
            || request.getMinCreateRevision() != 0
            || request.getMaxCreateRevision() != 0;
    return filtered ? EtcdErrors.STREAM_CANNOT_FILTER : null;
  }

  @Nullable Status validate(PutRequest request) {
    var error = put(request);
    return error == null ? size(request) : error;
  }

  @Nullable Status validate(DeleteRangeRequest request) {
    return request.getKey().isEmpty() ? EtcdErrors.EMPTY_KEY : size(request);
  }

  @Nullable Status validate(TxnRequest request) {
    var error = txn(request, maxTxnOperations, 1);
    if (error != null) {
      return error;
    }
    return Branch.of(request.getSuccessList()) == null
            || Branch.of(request.getFailureList()) == null
        ? EtcdErrors.DUPLICATE_KEY
        : size(request);
  }

  private @Nullable Status size(MessageLite request) {
    return request.getSerializedSize() > maxRequestBytes ? EtcdErrors.REQUEST_TOO_LARGE : null;
  }

  private static @Nullable Status put(PutRequest request) {
    if (request.getKey().isEmpty()) {
      return EtcdErrors.EMPTY_KEY;
    }
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      return EtcdErrors.VALUE_PROVIDED;
    }
    return request.getIgnoreLease() && request.getLease() != 0 ? EtcdErrors.LEASE_PROVIDED : null;
  }

  /** The longest list of a transaction is charged to the budget; what is nested gets the rest. */
  private @Nullable Status txn(TxnRequest request, int budget, int depth) {
    if (depth > MAX_NESTED_TXNS) {
      return EtcdErrors.TOO_DEEPLY_NESTED;
    }
    int operations =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (operations > budget) {
      return EtcdErrors.TOO_MANY_OPERATIONS;
    }
    for (var compare : request.getCompareList()) {
      if (compare.getKey().isEmpty()) {
        return EtcdErrors.EMPTY_KEY;
      }
    }
    int rest = budget - operations;
    var error = operations(request.getSuccessList(), rest, depth);
    return error == null ? operations(request.getFailureList(), rest, depth) : error;
  }

  private @Nullable Status operations(List<RequestOp> branch, int budget, int depth) {
    for (var op : branch) {
      var error =
          switch (op.getRequestCase()) {
            case REQUEST_RANGE -> validate(op.getRequestRange());
            case REQUEST_PUT -> put(op.getRequestPut());
            case REQUEST_DELETE_RANGE ->
                op.getRequestDeleteRange().getKey().isEmpty() ? EtcdErrors.EMPTY_KEY : null;
            case REQUEST_TXN -> txn(op.getRequestTxn(), budget, depth + 1);
            case REQUEST_NOT_SET -> EtcdErrors.KEY_NOT_FOUND;
          };
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  /**
   * What a branch of a transaction changes. No key may be put twice or both put and deleted; only
   * the two branches of one nested transaction may put the same key, as one of them alone happens.
   */
  private record Branch(Set<ByteString> puts, List<DeleteRangeRequest> deletes) {

    /** Collects a branch; null if it would change a key twice. */
    static @Nullable Branch of(List<RequestOp> operations) {
      var branch = new Branch(new TreeSet<>(KEY_ORDER), new ArrayList<>());
      for (var op : operations) {
        if (op.getRequestCase() == RequestCase.REQUEST_DELETE_RANGE) {
          branch.deletes.add(op.getRequestDeleteRange());
        }
      }
      for (var op : operations) {
        if (op.getRequestCase() == RequestCase.REQUEST_TXN && !branch.add(op.getRequestTxn())) {
          return null;
        }
      }
      for (var op : operations) {
        if (op.getRequestCase() == RequestCase.REQUEST_PUT
            && !branch.add(op.getRequestPut().getKey())) {
          return null;
        }
      }
      return branch;
    }

    private boolean add(TxnRequest nested) {
      var then = of(nested.getSuccessList());
      var otherwise = of(nested.getFailureList());
      if (then == null || otherwise == null) {
        return false;
      }
      for (var key : then.puts) {
        if (!add(key)) {
          return false;
        }
      }
      for (var key : otherwise.puts) {
        if (deletes(key) || (!puts.add(key) && !then.puts.contains(key))) {
          return false;
        }
      }
      deletes.addAll(then.deletes);
      deletes.addAll(otherwise.deletes);
      return true;
    }

    private boolean add(ByteString key) {
      return !deletes(key) && puts.add(key);
    }

    /** As in etcd, a delete without an upper bound is not held against a put. */
    private boolean deletes(ByteString key) {
      for (var delete : deletes) {
        boolean hit =
            delete.getRangeEnd().isEmpty()
                ? delete.getKey().equals(key)
                : KEY_ORDER.compare(delete.getKey(), key) <= 0
                    && KEY_ORDER.compare(key, delete.getRangeEnd()) < 0;
        if (hit) {
          return true;
        }
      }
      return false;
    }
  }
}

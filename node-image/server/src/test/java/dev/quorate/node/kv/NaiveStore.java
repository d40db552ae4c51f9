package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.LeaseCheckpoint;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.CompactionResponse;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrantResponse;
import dev.quorate.api.etcd.LeaseRevokeResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.ResponseOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The semantics of etcd's keys in the most naive way: a copy of everything for every revision. What
 * the real store answers is compared with this.
 */
final class NaiveStore {
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  /** What lived at each revision; the index is the revision. */
  private final List<NavigableMap<ByteString, KeyValue>> states = new ArrayList<>();

  private final TreeMap<Long, Lease> leases = new TreeMap<>();
  private NavigableMap<ByteString, KeyValue> now = new TreeMap<>(ORDER);
  private long compacted = -1;
  private boolean changed;

  NaiveStore() {
    states.add(new TreeMap<>(ORDER));
    states.add(new TreeMap<>(ORDER));
  }

  long revision() {
    return states.size() - 1L;
  }

  long compactRevision() {
    return compacted;
  }

  private long seen() {
    return changed ? revision() + 1 : revision();
  }

  private ResponseHeader.Builder header() {
    return ResponseHeader.newBuilder().setRevision(seen());
  }

  private void end() {
    if (changed) {
      states.add(now);
      now = new TreeMap<>(now);
      changed = false;
    }
  }

  ApplyResult put(PutRequest request) {
    var error = putError(request);
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    var response = doPut(request).toBuilder().clearHeader().build();
    end();
    return new ApplyResult.Done(response, revision());
  }

  private @Nullable KvError putError(PutRequest request) {
    if (request.getLease() != 0 && !leases.containsKey(request.getLease())) {
      return KvError.LEASE_NOT_FOUND;
    }
    return (request.getIgnoreLease() || request.getIgnoreValue())
            && !now.containsKey(request.getKey())
        ? KvError.KEY_NOT_FOUND
        : null;
  }

  private PutResponse doPut(PutRequest request) {
    var old = now.get(request.getKey());
    changed = true;
    now.put(
        request.getKey(),
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setValue(request.getIgnoreValue() && old != null ? old.getValue() : request.getValue())
            .setCreateRevision(old == null ? seen() : old.getCreateRevision())
            .setModRevision(seen())
            .setVersion(old == null ? 1 : old.getVersion() + 1)
            .setLease(request.getIgnoreLease() && old != null ? old.getLease() : request.getLease())
            .build());
    var response = PutResponse.newBuilder().setHeader(header());
    return request.getPrevKv() && old != null ? response.setPrevKv(old).build() : response.build();
  }

  ApplyResult grant(LeaseGrantRequest request) {
    long id = request.getID();
    var lease = new Lease(id, request.getTTL(), 0);
    if (leases.putIfAbsent(id, lease) != null) {
      return new ApplyResult.Refused(KvError.LEASE_EXISTS);
    }
    return new ApplyResult.Done(
        LeaseGrantResponse.newBuilder().setID(id).setTTL(request.getTTL()).build(), revision());
  }

  ApplyResult revoke(LeaseRevocation request, long term) {
    if (request.getExpiredInTerm() != 0 && request.getExpiredInTerm() != term) {
      return new ApplyResult.Refused(KvError.LEADER_CHANGED);
    }
    if (leases.remove(request.getId()) == null) {
      return new ApplyResult.Refused(KvError.LEASE_NOT_FOUND);
    }
    changed = now.values().removeIf(kv -> kv.getLease() == request.getId());
    end();
    return new ApplyResult.Done(LeaseRevokeResponse.getDefaultInstance(), revision());
  }

  ApplyResult checkpoint(LeaseCheckpoint request, long term) {
    if (request.getTerm() != term) {
      return new ApplyResult.Refused(KvError.LEADER_CHANGED);
    }
    for (var one : request.getRemainingList()) {
      leases.computeIfPresent(one.getLease(), (_, lease) -> lease.withRemaining(one.getSeconds()));
    }
    return new ApplyResult.Done(LeaseCheckpoint.getDefaultInstance(), revision());
  }

  List<Lease> leases() {
    return List.copyOf(leases.values());
  }

  List<ByteString> keys(long lease) {
    return now.values().stream()
        .filter(kv -> kv.getLease() == lease)
        .map(KeyValue::getKey)
        .toList();
  }

  ApplyResult deleteRange(DeleteRangeRequest request) {
    var response = doDelete(request);
    end();
    return new ApplyResult.Done(response, revision());
  }

  private DeleteRangeResponse doDelete(DeleteRangeRequest request) {
    var doomed = new ArrayList<>(select(now, request.getKey(), request.getRangeEnd()));
    for (var kv : doomed) {
      changed = true;
      now.remove(kv.getKey());
    }
    var response = DeleteRangeResponse.newBuilder().setHeader(header()).setDeleted(doomed.size());
    return request.getPrevKv() ? response.addAllPrevKvs(doomed).build() : response.build();
  }

  private static List<KeyValue> select(
      NavigableMap<ByteString, KeyValue> state, ByteString key, ByteString end) {
    var open = end.equals(ByteString.copyFrom(new byte[1]));
    return state.values().stream()
        .filter(
            kv ->
                end.isEmpty()
                    ? kv.getKey().equals(key)
                    : ORDER.compare(kv.getKey(), key) >= 0
                        && (open || ORDER.compare(kv.getKey(), end) < 0))
        .toList();
  }

  ApplyResult compact(CompactionRequest request) {
    if (request.getRevision() <= compacted) {
      return new ApplyResult.Refused(KvError.COMPACTED);
    }
    if (request.getRevision() > revision()) {
      return new ApplyResult.Refused(KvError.FUTURE_REVISION);
    }
    compacted = request.getRevision();
    return new ApplyResult.Done(CompactionResponse.getDefaultInstance(), revision());
  }

  ApplyResult range(RangeRequest request) {
    var error = rangeError(request);
    return error != null
        ? new ApplyResult.Refused(error)
        : new ApplyResult.Done(doRange(request), revision());
  }

  private @Nullable KvError rangeError(RangeRequest request) {
    long at = request.getRevision() <= 0 ? revision() : request.getRevision();
    if (at > revision()) {
      return KvError.FUTURE_REVISION;
    }
    return at < compacted ? KvError.COMPACTED : null;
  }

  /** As etcd has it. */
  private @Nullable KvError rangeErrorInTxn(RangeRequest request) {
    return request.getRevision() < 0 && request.getRevision() < compacted
        ? KvError.COMPACTED
        : rangeError(request);
  }

  private RangeResponse doRange(RangeRequest request) {
    var state =
        request.getRevision() <= 0 || request.getRevision() > revision()
            ? now
            : states.get((int) request.getRevision());
    var all = select(state, request.getKey(), request.getRangeEnd());
    var response = RangeResponse.newBuilder().setHeader(header()).setCount(all.size());
    if (request.getCountOnly()) {
      return response.build();
    }
    var stream = all.stream();
    boolean filtered =
        request.getMinModRevision() != 0
            || request.getMaxModRevision() != 0
            || request.getMinCreateRevision() != 0
            || request.getMaxCreateRevision() != 0;
    // etcd cuts off before it sorts if nobody named an order.
    if (!filtered && request.getLimit() > 0 && request.getSortOrderValue() == 0) {
      stream = stream.limit(request.getLimit() + 1);
    }
    stream = within(stream, KeyValue::getModRevision, request.getMinModRevision(), false);
    stream = within(stream, KeyValue::getModRevision, request.getMaxModRevision(), true);
    stream = within(stream, KeyValue::getCreateRevision, request.getMinCreateRevision(), false);
    stream = within(stream, KeyValue::getCreateRevision, request.getMaxCreateRevision(), true);
    var kvs = stream.sorted(order(request)).toList();
    boolean more = request.getLimit() > 0 && kvs.size() > request.getLimit();
    for (var kv : more ? kvs.subList(0, (int) request.getLimit()) : kvs) {
      response.addKvs(request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv);
    }
    return response.setMore(more).build();
  }

  private static Stream<KeyValue> within(
      Stream<KeyValue> kvs, ToLongFunction<KeyValue> number, long bound, boolean upper) {
    return bound == 0
        ? kvs
        : kvs.filter(
            kv -> upper ? number.applyAsLong(kv) <= bound : number.applyAsLong(kv) >= bound);
  }

  private static Comparator<KeyValue> order(RangeRequest request) {
    Comparator<KeyValue> order =
        switch (request.getSortTarget()) {
          case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
          case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
          case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
          case VALUE -> Comparator.comparing(KeyValue::getValue, ORDER);
          case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::getKey, ORDER);
        };
    return request.getSortOrder() == RangeRequest.SortOrder.DESCEND ? order.reversed() : order;
  }

  ApplyResult txn(TxnRequest request) {
    var flat = new ArrayList<RequestOp>();
    var decisions = new ArrayList<Boolean>();
    plan(request, flat, decisions);
    KvError error = null;
    for (var op : flat) {
      error = error == null && op.hasRequestPut() ? putError(op.getRequestPut()) : error;
      error = error == null && op.hasRequestRange() ? rangeErrorInTxn(op.getRequestRange()) : error;
    }
    if (error != null) {
      return new ApplyResult.Refused(error);
    }
    var response = doTxn(request, decisions);
    response.setHeader(header());
    end();
    return new ApplyResult.Done(response.build(), revision());
  }

  private void plan(TxnRequest request, List<RequestOp> flat, List<Boolean> decisions) {
    boolean succeeded = request.getCompareList().stream().allMatch(this::holds);
    decisions.add(succeeded);
    for (var op : succeeded ? request.getSuccessList() : request.getFailureList()) {
      if (op.hasRequestTxn()) {
        plan(op.getRequestTxn(), flat, decisions);
      } else {
        flat.add(op);
      }
    }
  }

  private boolean holds(Compare compare) {
    var kvs = select(now, compare.getKey(), compare.getRangeEnd());
    if (kvs.isEmpty()) {
      return compare.getTarget() != Compare.CompareTarget.VALUE
          && holds(compare, KeyValue.getDefaultInstance());
    }
    return kvs.stream().allMatch(kv -> holds(compare, kv));
  }

  private static boolean holds(Compare compare, KeyValue kv) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(kv.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(kv.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(kv.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(kv.getLease(), compare.getLease());
          case VALUE -> ORDER.compare(kv.getValue(), compare.getValue());
          case UNRECOGNIZED -> throw new AssertionError();
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case NOT_EQUAL -> order != 0;
      case UNRECOGNIZED -> throw new AssertionError();
    };
  }

  private TxnResponse.Builder doTxn(TxnRequest request, List<Boolean> decisions) {
    boolean succeeded = decisions.removeFirst();
    var response = TxnResponse.newBuilder().setSucceeded(succeeded);
    for (var op : succeeded ? request.getSuccessList() : request.getFailureList()) {
      var answer = ResponseOp.newBuilder();
      switch (op.getRequestCase()) {
        case REQUEST_PUT -> answer.setResponsePut(doPut(op.getRequestPut()));
        case REQUEST_RANGE -> answer.setResponseRange(doRange(op.getRequestRange()));
        case REQUEST_DELETE_RANGE ->
            answer.setResponseDeleteRange(doDelete(op.getRequestDeleteRange()));
        case REQUEST_TXN ->
            answer.setResponseTxn(
                doTxn(op.getRequestTxn(), decisions)
                    .setHeader(ResponseHeader.getDefaultInstance()));
        case REQUEST_NOT_SET -> {}
      }
      response.addResponses(answer);
    }
    return response;
  }
}

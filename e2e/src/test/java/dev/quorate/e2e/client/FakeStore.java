package dev.quorate.e2e.client;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.ResponseOp;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.TreeMap;

/** A store of one process that does as much as the client asks for, and lies when it is told to. */
final class FakeStore extends KVGrpc.KVImplBase {
  private final TreeMap<String, KeyValue> rows = new TreeMap<>();
  private long revision = 1;
  private boolean swallowNextAnswer;

  synchronized void forget(String key) {
    rows.remove(key);
  }

  synchronized void set(String key, String value) {
    long modRevision = rows.containsKey(key) ? rows.get(key).getModRevision() : revision;
    rows.put(
        key,
        KeyValue.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .setModRevision(modRevision)
            .build());
  }

  /** The next write takes effect, but its client is told that nobody knows. */
  synchronized void swallowNextAnswer() {
    swallowNextAnswer = true;
  }

  @Override
  public synchronized void put(PutRequest request, StreamObserver<PutResponse> observer) {
    write(request);
    answer(observer, PutResponse.newBuilder().setHeader(header()).build());
  }

  @Override
  public synchronized void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
    observer.onNext(read(request));
    observer.onCompleted();
  }

  @Override
  public synchronized void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    var response = TxnResponse.newBuilder();
    if (request.getCompareList().stream().allMatch(this::holds)) {
      write(request.getSuccess(0).getRequestPut());
      response.setSucceeded(true);
    } else {
      RangeResponse found = read(request.getFailure(0).getRequestRange());
      response.addResponses(ResponseOp.newBuilder().setResponseRange(found));
    }
    answer(observer, response.setHeader(header()).build());
  }

  private <T> void answer(StreamObserver<T> observer, T response) {
    if (swallowNextAnswer) {
      swallowNextAnswer = false;
      observer.onError(
          Status.UNAVAILABLE.withDescription("etcdserver: leader changed").asRuntimeException());
    } else {
      observer.onNext(response);
      observer.onCompleted();
    }
  }

  private void write(PutRequest request) {
    revision++;
    String key = request.getKey().toStringUtf8();
    rows.remove(key);
    set(key, request.getValue().toStringUtf8());
  }

  private RangeResponse read(RangeRequest request) {
    String key = request.getKey().toStringUtf8();
    String end =
        request.getRangeEnd().isEmpty() ? key + "\0" : request.getRangeEnd().toStringUtf8();
    return RangeResponse.newBuilder()
        .setHeader(header())
        .addAllKvs(rows.subMap(key, end).values())
        .build();
  }

  private boolean holds(Compare compare) {
    KeyValue row = rows.get(compare.getKey().toStringUtf8());
    return compare.getTarget() == Compare.CompareTarget.VERSION
        ? row == null
        : row != null && row.getValue().equals(compare.getValue());
  }

  private ResponseHeader header() {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }
}

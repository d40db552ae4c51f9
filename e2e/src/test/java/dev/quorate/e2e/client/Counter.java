package dev.quorate.e2e.client;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;

/** A key that only ever counts up by one, and the requests for that. */
final class Counter {
  static final ByteString KEY = ByteString.copyFromUtf8("counter");

  private Counter() {}

  /**
   * Sets the counter from the value before to this one, or else reads it. A repetition changes
   * nothing, however late an earlier attempt takes effect: that is what the comparison is for.
   */
  static TxnRequest countTo(long value) {
    var before = Compare.newBuilder().setKey(KEY).setResult(Compare.CompareResult.EQUAL);
    if (value == 1) {
      before.setTarget(Compare.CompareTarget.VERSION).setVersion(0);
    } else {
      before.setTarget(Compare.CompareTarget.VALUE).setValue(encode(value - 1));
    }
    var put = PutRequest.newBuilder().setKey(KEY).setValue(encode(value));
    return TxnRequest.newBuilder()
        .addCompare(before)
        .addSuccess(RequestOp.newBuilder().setRequestPut(put))
        .addFailure(RequestOp.newBuilder().setRequestRange(read()))
        .build();
  }

  static RangeRequest read() {
    return RangeRequest.newBuilder().setKey(KEY).build();
  }

  static ByteString encode(long value) {
    return ByteString.copyFromUtf8(Long.toString(value));
  }

  static long decode(ByteString value) {
    return Long.parseLong(value.toStringUtf8());
  }
}

package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Puts every key of a workload once, in their order: many in a transaction, few at a time. */
final class StoreFilling {
  private static final int KEYS_PER_TXN = 100;
  private static final int AT_ONCE = 16;
  private static final long PATIENCE_SECONDS = 60;

  private StoreFilling() {}

  static void fill(Workload workload, List<InetSocketAddress> endpoints)
      throws IOException, InterruptedException {
    var keys = new KeyNames(workload.keyBytes());
    var random = new SplittableRandom(workload.keys());
    try (var loop = new ClientLoop()) {
      var channels = new ArrayList<ManagedChannel>();
      for (int i = 0; i < AT_ONCE; i++) {
        channels.add(loop.connect(endpoints.get(i % endpoints.size())));
      }
      var waiting = new ArrayList<Future<?>>();
      int turn = 0;
      for (int begin = 0; begin < workload.keys(); begin += KEYS_PER_TXN) {
        if (waiting.size() == AT_ONCE) {
          await(waiting.removeFirst());
        }
        var txn = TxnRequest.newBuilder();
        for (int i = begin; i < Math.min(begin + KEYS_PER_TXN, workload.keys()); i++) {
          var put = PutRequest.newBuilder().setKey(keys.of(i)).setValue(value(workload, random));
          txn.addSuccess(RequestOp.newBuilder().setRequestPut(put));
        }
        var stub = KVGrpc.newFutureStub(channels.get(turn++ % AT_ONCE));
        waiting.add(stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS).txn(txn.build()));
      }
      for (var answer : waiting) {
        await(answer);
      }
    }
  }

  /** Every value is another one: nothing that compresses them may look better than it is. */
  private static ByteString value(Workload workload, SplittableRandom random) {
    var bytes = new byte[workload.valueBytes()];
    random.nextBytes(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static void await(Future<?> answer) throws IOException, InterruptedException {
    try {
      answer.get();
    } catch (ExecutionException e) {
      throw new IOException("the store cannot be filled: " + e.getCause(), e);
    }
  }
}

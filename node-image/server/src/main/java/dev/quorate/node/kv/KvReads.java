package dev.quorate.node.kv;

import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.View;
import java.util.function.BiFunction;

/** Reads of the applied state, each on a consistent view of its own; of any thread. */
public final class KvReads {
  private final StateStorage storage;

  KvReads(StateStorage storage) {
    this.storage = storage;
  }

  public ApplyResult range(RangeRequest request) {
    return read(
        (reader, state) -> {
          var error = reader.check(request.getRevision());
          return error != null
              ? new ApplyResult.Refused(error)
              : new ApplyResult.Done(reader.range(request), state.revision());
        });
  }

  /** A transaction that only reads. */
  public ApplyResult txn(TxnRequest request) {
    return read((reader, state) -> TxnEvaluator.read(request, reader, state.revision()));
  }

  /** The hash of the versions that can be read up to a revision; 0 means the present. */
  public ApplyResult hash(long revision) {
    try (var view = storage.view()) {
      return KvHash.of(view, StoreState.read(view), revision);
    }
  }

  private ApplyResult read(BiFunction<RangeReader, StoreState, ApplyResult> question) {
    try (View view = storage.view()) {
      var state = StoreState.read(view);
      return question.apply(
          new RangeReader(view, state.revision(), state.compactRevision()), state);
    }
  }
}

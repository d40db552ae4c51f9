package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of the Lock and the Election service begin.
 *
 * @param serving whoever is there when a call comes; null: nobody
 * @param limits for what contests write, as for all other writes
 * @param leaseIds draws positive ids for the leases of clients that bring none
 */
public record Contests(
    Supplier<@Nullable ServingMember> serving,
    AccessControl access,
    KvLimits limits,
    ReadThreads readThreads,
    LongSupplier leaseIds) {

  /**
   * The contest for a name in the name of who calls; null if nobody serves the client, who knows.
   */
  @Nullable Contest enter(ByteString name, StreamObserver<?> client) {
    var member = member(client);
    return member == null ? null : new Contest(this, member, name);
  }

  LargeAnswers largeAnswers() {
    return new LargeAnswers(readThreads);
  }

  @Nullable ServingMember member(StreamObserver<?> client) {
    return Calls.servingVoter(serving, client);
  }
}

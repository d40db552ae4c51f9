package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be read of leases. */
public sealed interface LeaseReading {
  /**
   * All leases by their ids.
   *
   * @param appliedIndex every change up to this entry is in it, and no later one
   */
  record All(long appliedIndex, long revision, List<Lease> leases) implements LeaseReading {}

  /**
   * One lease.
   *
   * @param lease null if there is no such lease
   * @param keys what is attached to it, in order; empty if nobody asked for them
   */
  record One(long revision, @Nullable Lease lease, List<ByteString> keys) implements LeaseReading {}
}

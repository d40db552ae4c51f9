package dev.quorate.raft.log;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.quorum.MembershipChange;
import java.nio.ByteBuffer;

/**
 * The data of a {@link EntryKind#MEMBERSHIP} entry: the change, and bytes that mean something to
 * the host alone.
 */
public record MembershipEntry(MembershipChange change, Bytes context) {
  private static final int HEADER_BYTES = 1 + Long.BYTES;

  public Bytes encode() {
    byte code =
        switch (change) {
          case MembershipChange.AddLearner _ -> 1;
          case MembershipChange.PromoteLearner _ -> 2;
          case MembershipChange.AddVoter _ -> 3;
          case MembershipChange.Remove _ -> 4;
        };
    return Bytes.of(
        ByteBuffer.allocate(HEADER_BYTES + context.size())
            .put(code)
            .putLong(change.id())
            .put(context.array())
            .array());
  }

  /**
   * Reads the data of a membership entry.
   *
   * @throws IllegalArgumentException if a newer version wrote it
   */
  public static MembershipEntry decode(Bytes data) {
    var buffer = ByteBuffer.wrap(data.array());
    byte code = buffer.get();
    long id = buffer.getLong();
    var change =
        switch (code) {
          case 1 -> new MembershipChange.AddLearner(id);
          case 2 -> new MembershipChange.PromoteLearner(id);
          case 3 -> new MembershipChange.AddVoter(id);
          case 4 -> new MembershipChange.Remove(id);
          default ->
              throw new IllegalArgumentException("unknown kind of membership change: " + code);
        };
    var context = new byte[buffer.remaining()];
    buffer.get(context);
    return new MembershipEntry(change, Bytes.of(context));
  }
}

package dev.quorate.node.transport.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.peer.AppendEntries;
import dev.quorate.api.peer.AppendReply;
import dev.quorate.api.peer.ForwardProposals;
import dev.quorate.api.peer.ForwardRead;
import dev.quorate.api.peer.Heartbeat;
import dev.quorate.api.peer.HeartbeatReply;
import dev.quorate.api.peer.RaftMessage;
import dev.quorate.api.peer.ReadReply;
import dev.quorate.api.peer.TimeoutNow;
import dev.quorate.api.peer.VoteReply;
import dev.quorate.api.peer.VoteRequest;
import dev.quorate.raft.Message;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages of the core as they travel; the data of entries is never copied on the way. */
final class MessageCodec {
  private MessageCodec() {}

  /** Null for a state, which does not travel in a message. */
  static @Nullable RaftMessage encode(Message message) {
    var encoded = RaftMessage.newBuilder().setTerm(message.term());
    switch (message) {
      case Message.AppendEntries append -> encoded.setAppendEntries(encode(append));
      case Message.AppendReply reply ->
          encoded.setAppendReply(
              AppendReply.newBuilder()
                  .setRejected(reply.rejected())
                  .setIndex(reply.index())
                  .setHint(encode(reply.hint())));
      case Message.Heartbeat beat ->
          encoded.setHeartbeat(
              Heartbeat.newBuilder()
                  .setCommittedIndex(beat.committedIndex())
                  .setRound(beat.round())
                  .setElectionTimeoutTicks(beat.electionTimeoutTicks())
                  .setSentTick(beat.sentTick()));
      case Message.HeartbeatReply reply ->
          encoded.setHeartbeatReply(
              HeartbeatReply.newBuilder().setRound(reply.round()).setSentTick(reply.sentTick()));
      case Message.VoteRequest request ->
          encoded.setVoteRequest(
              VoteRequest.newBuilder()
                  .setPreVote(request.preVote())
                  .setLeadershipTransfer(request.leadershipTransfer())
                  .setLast(encode(request.last())));
      case Message.VoteReply reply ->
          encoded.setVoteReply(
              VoteReply.newBuilder().setPreVote(reply.preVote()).setGranted(reply.granted()));
      case Message.TimeoutNow _ -> encoded.setTimeoutNow(TimeoutNow.getDefaultInstance());
      case Message.ForwardProposals forward -> {
        var proposals = ForwardProposals.newBuilder();
        forward.proposals().forEach(proposal -> proposals.addProposals(wrap(proposal)));
        encoded.setForwardProposals(proposals);
      }
      case Message.ForwardRead read ->
          encoded.setForwardRead(ForwardRead.newBuilder().setId(read.id()));
      case Message.ReadReply reply ->
          encoded.setReadReply(
              ReadReply.newBuilder()
                  .setId(reply.id())
                  .setGranted(reply.granted())
                  .setIndex(reply.index()));
      case Message.InstallSnapshot _ -> {
        return null;
      }
    }
    return encoded.build();
  }

  private static AppendEntries encode(Message.AppendEntries append) {
    var encoded =
        AppendEntries.newBuilder()
            .setPrevious(encode(append.previous()))
            .setCommittedIndex(append.committedIndex());
    for (var entry : append.entries()) {
      encoded.addEntries(
          dev.quorate.api.peer.Entry.newBuilder()
              .setTerm(entry.term())
              .setIndex(entry.index())
              .setKind(entry.kind().code())
              .setData(wrap(entry.data())));
    }
    return encoded.build();
  }

  static dev.quorate.api.peer.EntryId encode(EntryId id) {
    return dev.quorate.api.peer.EntryId.newBuilder()
        .setTerm(id.term())
        .setIndex(id.index())
        .build();
  }

  private static ByteString wrap(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  /**
   * A message as it arrived; null if a newer version sent a kind that is not known here.
   *
   * @throws IllegalArgumentException if it holds an entry of an unknown kind
   */
  static @Nullable Message decode(long from, long to, RaftMessage message) {
    long term = message.getTerm();
    return switch (message.getMessageCase()) {
      case APPEND_ENTRIES -> append(from, to, term, message.getAppendEntries());
      case APPEND_REPLY -> {
        var reply = message.getAppendReply();
        yield new Message.AppendReply(
            from, to, term, reply.getRejected(), reply.getIndex(), decode(reply.getHint()));
      }
      case HEARTBEAT -> {
        var beat = message.getHeartbeat();
        yield new Message.Heartbeat(
            from,
            to,
            term,
            beat.getCommittedIndex(),
            beat.getRound(),
            beat.getElectionTimeoutTicks(),
            beat.getSentTick());
      }
      case HEARTBEAT_REPLY -> {
        var reply = message.getHeartbeatReply();
        yield new Message.HeartbeatReply(from, to, term, reply.getRound(), reply.getSentTick());
      }
      case VOTE_REQUEST -> {
        var request = message.getVoteRequest();
        yield new Message.VoteRequest(
            from,
            to,
            term,
            request.getPreVote(),
            request.getLeadershipTransfer(),
            decode(request.getLast()));
      }
      case VOTE_REPLY -> {
        var reply = message.getVoteReply();
        yield new Message.VoteReply(from, to, term, reply.getPreVote(), reply.getGranted());
      }
      case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
      case FORWARD_PROPOSALS ->
          new Message.ForwardProposals(
              from,
              to,
              term,
              message.getForwardProposals().getProposalsList().stream()
                  .map(MessageCodec::unwrap)
                  .toList());
      case FORWARD_READ ->
          new Message.ForwardRead(from, to, term, message.getForwardRead().getId());
      case READ_REPLY -> {
        var reply = message.getReadReply();
        yield new Message.ReadReply(
            from, to, term, reply.getId(), reply.getGranted(), reply.getIndex());
      }
      case MESSAGE_NOT_SET -> null;
    };
  }

  private static Message append(long from, long to, long term, AppendEntries append) {
    List<Entry> entries = new ArrayList<>(append.getEntriesCount());
    for (var entry : append.getEntriesList()) {
      entries.add(
          new Entry(
              new EntryId(entry.getTerm(), entry.getIndex()),
              EntryKind.ofCode(entry.getKind()),
              unwrap(entry.getData())));
    }
    return new Message.AppendEntries(
        from, to, term, decode(append.getPrevious()), entries, append.getCommittedIndex());
  }

  static EntryId decode(dev.quorate.api.peer.EntryId id) {
    return new EntryId(id.getTerm(), id.getIndex());
  }

  /** The array that stands behind the bytes where there is one, else a copy. */
  private static Bytes unwrap(ByteString bytes) {
    var whole = new WholeArray(bytes.size());
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, whole);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Bytes.of(whole.array);
  }

  /** Keeps an array that is handed over whole, and copies what comes in pieces. */
  private static final class WholeArray extends ByteOutput {
    private final int size;
    private byte[] array = new byte[0];
    private int filled;

    WholeArray(int size) {
      this.size = size;
    }

    private void room() {
      if (array.length < size) {
        array = new byte[size];
      }
    }

    @Override
    public void write(byte value) {
      room();
      array[filled++] = value;
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      room();
      System.arraycopy(value, offset, array, filled, length);
      filled += length;
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      if (offset == 0 && length == size && value.length == size) {
        array = value;
        filled = size;
      } else {
        write(value, offset, length);
      }
    }

    @Override
    public void write(ByteBuffer value) {
      room();
      int length = value.remaining();
      value.get(array, filled, length);
      filled += length;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      write(value);
    }
  }
}

package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RangeStreamResponse;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvReads;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The answer to one RangeStream in chunks, all as of the revision that the first one met; merged
 * they are what Range answers. A chunk is read when the client has taken the one before, and holds
 * nothing of the storage in between: a compaction that passes by ends the stream with an error.
 */
final class RangeStream {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  /** Small, so that the first keys come soon; each chunk may be twice as long as the last one. */
  private static final long FIRST_CHUNK_KEYS = 10;

  private final ServingMember member;
  private final long limitKeys;
  private final int chunkBytes;
  private final ReadThreads readThreads;
  private final HeapBudget.Share room;
  private final Reader reader;
  private final ServerCallStreamObserver<RangeStreamResponse> client;

  /** Whoever sets it has the turn, and all that follows; it stays set when the stream has ended. */
  private final AtomicBoolean taken = new AtomicBoolean(true);

  private RangeRequest rest;
  private long chunkKeys = FIRST_CHUNK_KEYS;
  private long sentKeys;
  private long chunkRoom;
  private long revision;

  /** Reads what the caller may read at this moment, and throws what else to tell it. */
  interface Reader {
    ApplyResult read(Function<KvReads, ApplyResult> question);
  }

  /**
   * A stream that waits for {@link #begin}; made on the thread that brings the request.
   *
   * @param chunkBytes about how large a chunk gets at most
   * @param room for one chunk, from when it is read until the next one is
   * @param reader asked for every chunk
   */
  RangeStream(
      ServingMember member,
      RangeRequest request,
      int chunkBytes,
      ReadThreads readThreads,
      HeapBudget.Share room,
      Reader reader,
      ServerCallStreamObserver<RangeStreamResponse> client) {
    this.member = member;
    this.rest = request;
    this.limitKeys = request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit();
    this.chunkBytes = chunkBytes;
    this.readThreads = readThreads;
    this.room = room;
    this.reader = reader;
    this.client = client;
    client.setOnReadyHandler(this::goOn);
    client.setOnCancelHandler(room::close);
    client.setOnCloseHandler(room::close);
  }

  void begin() {
    taken.set(false);
    goOn();
  }

  /** The client can take a chunk, and nobody reads one for it. */
  private void goOn() {
    if (client.isReady()
        && taken.compareAndSet(false, true)
        && !readThreads.execute(this::sendChunk)) {
      Calls.fail(client, EtcdErrors.TOO_MANY_REQUESTS);
    }
  }

  private void sendChunk() {
    if (client.isCancelled()) {
      return;
    }
    boolean more;
    try {
      more = rest.getCountOnly() ? sendCount() : sendKeys();
    } catch (StatusRuntimeException e) {
      Calls.fail(client, e.getStatus());
      return;
    } catch (HeapBudget.ExceededException e) {
      Calls.fail(client, e.status());
      return;
    } catch (RuntimeException e) {
      // The storage failed or closed under the read; a client must not wait for it for ever.
      Calls.fail(client, Status.UNAVAILABLE.withDescription("quorate: the read failed: " + e));
      return;
    }
    if (more) {
      // Behind the others who wait for a thread, so that a long range does not hold them up.
      taken.set(false);
      goOn();
    }
  }

  private boolean sendCount() {
    ApplyResult.Done counted = Calls.done(reader.read(reads -> reads.range(rest)));
    revision = counted.revision();
    end(((RangeResponse) counted.response()).toBuilder());
    return false;
  }

  /** Whether there is more to send. */
  private boolean sendKeys() {
    long limit = Math.min(chunkKeys, limitKeys - sentKeys);
    ApplyResult.Done read = Calls.done(reader.read(reads -> reads.page(rest, limit, chunkBytes)));
    var page = (RangeResponse) read.response();
    room.giveBack(chunkRoom);
    chunkRoom = page.getSerializedSize();
    room.take(chunkRoom);
    revision = revision == 0 ? read.revision() : revision;
    sentKeys += page.getKvsCount();
    if (!page.getMore()) {
      end(page.toBuilder().setCount(sentKeys));
      return false;
    }
    rest = behind(page.getKvs(page.getKvsCount() - 1));
    if (sentKeys == limitKeys) {
      end(page.toBuilder().setCount(sentKeys + countRest()));
      return false;
    }
    client.onNext(chunk(page.toBuilder().clearMore()));
    chunkKeys = page.getSerializedSize() < chunkBytes / 2 ? 2 * chunkKeys : chunkKeys;
    return true;
  }

  private long countRest() {
    var count = rest.toBuilder().setCountOnly(true).build();
    var counted = Calls.done(reader.read(reads -> reads.range(count)));
    return ((RangeResponse) counted.response()).getCount();
  }

  private RangeRequest behind(KeyValue last) {
    return rest.toBuilder()
        .setKey(last.getKey().concat(ZERO))
        .setRevision(rest.getRevision() <= 0 ? revision : rest.getRevision())
        .build();
  }

  private void end(RangeResponse.Builder last) {
    var response = last.build();
    var header = member.header(new ApplyResult.Done(response, revision));
    client.onNext(chunk(response.toBuilder().setHeader(header)));
    client.onCompleted();
  }

  private static RangeStreamResponse chunk(RangeResponse.Builder response) {
    return RangeStreamResponse.newBuilder().setRangeResponse(response).build();
  }
}

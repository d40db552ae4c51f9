package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchCreateRequest.FilterType;
import java.util.random.RandomGenerator;

/** Watches on the keys of {@link RandomKvRequests}, each under an id of its own or a used one. */
final class RandomWatches {
  private final RandomGenerator random;
  private final RandomKvRequests keys;
  private final boolean future;
  private long lastId;

  /**
   * Watches of one stream.
   *
   * @param future whether some begin at a revision that is still to come: etcd tells the progress
   *     of no stream that has such a watch
   */
  RandomWatches(RandomGenerator random, RandomKvRequests keys, boolean future) {
    this.random = random;
    this.keys = keys;
    this.future = future;
  }

  /** A watch that nothing happens to. */
  WatchCreateRequest quiet() {
    return WatchCreateRequest.newBuilder()
        .setWatchId(++lastId)
        .setKey(ByteString.copyFromUtf8("quiet"))
        .build();
  }

  WatchCreateRequest next(long now) {
    boolean duplicate = lastId > 0 && random.nextInt(12) == 0;
    var watch =
        WatchCreateRequest.newBuilder()
            .setWatchId(duplicate ? lastId : ++lastId)
            .setKey(random.nextInt(3) == 0 ? ByteString.copyFrom(new byte[1]) : keys.key())
            .setRangeEnd(keys.rangeEnd())
            .setPrevKv(random.nextBoolean())
            .setFragment(random.nextInt(4) == 0);
    switch (random.nextInt(5)) {
      case 0 -> watch.setStartRevision(random.nextLong(Math.max(1, now - 40), now + 1));
      case 1 -> watch.setStartRevision(future ? now + random.nextInt(6) : now);
      case 2 -> watch.setStartRevision(random.nextInt(8) == 0 ? -1 : 1);
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      watch.addFilters(FilterType.forNumber(random.nextInt(2)));
    }
    return watch.build();
  }
}

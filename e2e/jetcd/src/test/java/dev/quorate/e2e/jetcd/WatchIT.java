package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static dev.quorate.e2e.jetcd.Jetcd.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.e2e.machine.ProcessCluster;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** jetcd's Watch: from now, from the past and the future, filtered, with progress, compacted. */
@ExtendWith(ThreeNodes.class)
final class WatchIT {
  private final Client client;
  private final KV kv;

  WatchIT(ProcessCluster cluster) {
    // Of one member: another one may be a little behind, and tell what was written before as new.
    client = Jetcd.builder(cluster.nodes().subList(1, 2)).build();
    kv = client.getKVClient();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private long put(String key, String value) {
    return get(kv.put(bytes(key), bytes(value))).getHeader().getRevision();
  }

  private long delete(String key) {
    return get(kv.delete(bytes(key))).getHeader().getRevision();
  }

  private SeenEvents watch(String key, WatchOption.Builder option) {
    var seen = new SeenEvents();
    seen.of(client.getWatchClient().watch(bytes(key), option.build(), seen));
    return seen;
  }

  @Test
  void tellsWhatHappensFromNowOn() {
    put("w1/a", "before");
    try (var seen = watch("w1/", WatchOption.builder().isPrefix(true).withCreateNotify(true))) {
      seen.awaitCreated();
      put("w1/a", "1");
      put("w2", "elsewhere");
      put("w1/b", "2");
      delete("w1/a");
      seen.awaitEvents("PUT w1/a=1", "PUT w1/b=2", "DELETE w1/a=");
    }
  }

  @Test
  void tellsThePastFromARevisionOnAndWhatWasThereBefore() {
    long first = put("past", "1");
    put("past", "2");
    delete("past");
    var option = WatchOption.builder().withRevision(first).withPrevKV(true);
    try (var seen = watch("past", option)) {
      seen.awaitEvents("PUT past=1", "PUT past=2 was 1", "DELETE past= was 2");
      put("past", "3");
      seen.awaitEvents("PUT past=1", "PUT past=2 was 1", "DELETE past= was 2", "PUT past=3");
      assertThat(seen.revisions()).containsExactly(first, first + 1, first + 2, first + 3);
    }
  }

  @Test
  void waitsForARevisionThatIsStillToCome() {
    long now = put("future", "0");
    var option = WatchOption.builder().withRevision(now + 3).withCreateNotify(true);
    try (var seen = watch("future", option)) {
      seen.awaitCreated();
      put("future", "1");
      put("future", "2");
      put("future", "3");
      seen.awaitEvents("PUT future=3");
    }
  }

  @Test
  void leavesOutWhatIsFiltered() {
    long first = put("filter", "1");
    delete("filter");
    put("filter", "2");
    long last = delete("filter");
    var noDeletes = WatchOption.builder().withRevision(first).withNoDelete(true);
    var noPuts = WatchOption.builder().withRevision(first).withNoPut(true);
    try (var puts = watch("filter", noDeletes);
        var deletes = watch("filter", noPuts)) {
      puts.awaitEvents("PUT filter=1", "PUT filter=2");
      deletes.awaitEvents("DELETE filter=", "DELETE filter=");
      assertThat(deletes.revisions()).containsExactly(first + 1, last);
    }
  }

  @Test
  void tellsOfARangeOfKeysInOneRevisionTogether() {
    long first = put("range/a", "1");
    put("range/b", "1");
    put("range/c", "1");
    var option = WatchOption.builder().withRevision(first).withRange(bytes("range/c"));
    try (var seen = watch("range/a", option)) {
      seen.awaitEvents("PUT range/a=1", "PUT range/b=1");
    }
  }

  @Test
  void promisesOnRequestHowFarItHasTold() {
    var option = WatchOption.builder().withProgressNotify(true).withCreateNotify(true);
    try (var seen = watch("progress/" + UUID.randomUUID(), option)) {
      seen.awaitCreated();
      long revision = put("progress", "1");
      client.getWatchClient().requestProgress();
      seen.awaitProgress(revision);
    }
  }

  @Test
  void saysThatWhatItShouldTellIsCompacted() {
    long first = put("compacted", "1");
    long second = put("compacted", "2");
    get(kv.compact(second));
    try (var seen = watch("compacted", WatchOption.builder().withRevision(first))) {
      var failure = seen.awaitFailure();
      assertThat(failure).isInstanceOf(CompactedException.class);
      assertThat(((CompactedException) failure).getCompactedRevision()).isEqualTo(second);
    }
  }

  @Test
  void servesSeveralWatchesOfOneClientAndEndsOne() {
    try (var stays = watch("many", WatchOption.builder().withCreateNotify(true))) {
      stays.awaitCreated();
      try (var ends = watch("many", WatchOption.builder().withCreateNotify(true))) {
        ends.awaitCreated();
        put("many", "1");
        ends.awaitEvents("PUT many=1");
      }
      put("many", "2");
      stays.awaitEvents("PUT many=1", "PUT many=2");
    }
  }

  @Test
  void needsALeaderIfAsked() {
    var option = WatchOption.builder().withRequireLeader(true).withCreateNotify(true);
    try (var seen = watch("leader", option)) {
      seen.awaitCreated();
      put("leader", "1");
      seen.awaitEvents("PUT leader=1");
    }
  }
}

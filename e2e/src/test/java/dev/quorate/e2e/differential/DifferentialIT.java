package dev.quorate.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays random requests on a real etcd and on Quorate and compares the answers field by field, and
 * errors by code and text. {@code docs/differences-from-etcd.md} lists what is meant to differ and
 * is left out here. Play one seed longer with {@code -Ddifferential.seed=N
 * -Ddifferential.requests=M}.
 */
final class DifferentialIT {
  private static final int SEEDS = 20;
  private static final int REQUESTS = Integer.getInteger("differential.requests", 200);
  private static final int CLIENTS = 4;

  /** All that the watches of a stream were told is kept until it ends. */
  private static final int REQUESTS_PER_STREAM = 500;

  @TempDir private static Path directory;
  private static @Nullable ServerPair servers;

  static LongStream seeds() {
    Long seed = Long.getLong("differential.seed");
    return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
  }

  static LongStream fewSeeds() {
    return seeds().limit(SEEDS / 5);
  }

  @BeforeAll
  static void start() throws IOException {
    servers = ServerPair.start(directory);
  }

  @AfterAll
  static void stop() {
    if (servers != null) {
      System.out.println("compared with etcd: " + servers.played() + " requests");
      servers.close();
    }
  }

  private static ServerPair pair() {
    return Objects.requireNonNull(servers);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void answersEverythingAsEtcdDoes(long seed) {
    var random = new SplittableRandom(seed);
    var keys = new RandomKvRequests(random);
    var leases = new RandomLeaseRequests(random);
    var cluster = new RandomClusterRequests(random);
    boolean compactions = seed % 2 == 0;
    long revision = beginAnew(seed);
    for (int begin = 0; begin < REQUESTS; begin += REQUESTS_PER_STREAM) {
      var watched = new RandomWatches(random, keys, !compactions);
      int end = Math.min(REQUESTS, begin + REQUESTS_PER_STREAM);
      try (var watches = pair().watches(watched.quiet())) {
        for (int step = begin; step < end; step++) {
          String where = "seed " + seed + ", step " + step;
          int kind = random.nextInt(100);
          if (kind < 6) {
            watches.create(watched.next(revision));
            continue;
          }
          var request =
              kind < 76 ? keys.next(revision) : kind < 94 ? leases.next() : cluster.next(revision);
          if (request.method().equals(KVGrpc.getCompactMethod())) {
            if (!compactions) {
              continue;
            }
            // What was there before a key's event is looked up when the event is sent.
            pair().settle(watches, where + ", before a compaction");
          }
          revision = Math.max(revision, pair().play(request, where).revision());
        }
        pair().compare(watches, "seed " + seed + ", before step " + end);
      }
    }
  }

  /** No alarm, no leases, no keys. */
  private static long beginAnew(long seed) {
    String where = "begin of seed " + seed;
    pair().play(RandomClusterRequests.alarm(false), where);
    for (long lease = 1; lease <= RandomLeaseRequests.LEASES; lease++) {
      pair().play(RandomLeaseRequests.revoke(lease), where);
    }
    return pair().play(RandomKvRequests.deleteEverything(), where).revision();
  }

  /** Clients that meet each other: the revisions tell the order in which etcd is asked then. */
  @ParameterizedTest
  @MethodSource("fewSeeds")
  void concurrentWritesHaveTheEffectOfSomeOrder(long seed) {
    record Asked(Request<?> request, Answer answer) {}
    beginAnew(seed);
    var clients = new ArrayList<CompletableFuture<List<Asked>>>();
    for (int client = 0; client < CLIENTS; client++) {
      var requests = new RandomKvRequests(new SplittableRandom(CLIENTS * seed + client));
      clients.add(
          CompletableFuture.supplyAsync(
              () -> {
                var asked = new ArrayList<Asked>();
                for (int i = 0; i < REQUESTS / CLIENTS; i++) {
                  var request = requests.nextChange();
                  asked.add(new Asked(request, pair().askQuorate(request)));
                }
                return asked;
              }));
    }
    clients.stream()
        .flatMap(client -> client.join().stream())
        .sorted(Comparator.comparingLong(asked -> asked.answer().revision()))
        .forEach(asked -> pair().repeatOnEtcd(asked.request(), asked.answer(), "seed " + seed));
    beginAnew(seed);
  }

  /** Users, roles and what they may do, with authentication on most of the time. */
  @ParameterizedTest
  @MethodSource("fewSeeds")
  void allowsWhatEtcdAllows(long seed) {
    var random = new SplittableRandom(seed);
    var auth = new RandomAuthRequests(random);
    var keys = new RandomKvRequests(random);
    long revision = beginAnew(seed);
    String begin = "users of seed " + seed;
    pair().play(RandomAuthRequests.enable(), begin);
    pair().play(RandomAuthRequests.addUser("root"), begin);
    pair().play(RandomAuthRequests.addRole("root"), begin);
    pair().play(RandomAuthRequests.grantRole("root", "root"), begin);
    for (int i = 0; i < REQUESTS / 4; i++) {
      pair().play(auth.next(), begin);
    }
    pair().play(RandomAuthRequests.addUser("root"), begin);
    pair().play(RandomAuthRequests.grantRole("root", "root"), begin);
    pair().play(RandomAuthRequests.enable(), begin);
    var callers = new HashMap<String, ServerPair.Caller>();
    for (int step = 0; step < REQUESTS; step++) {
      String where = begin + ", step " + step;
      String user = RandomAuthRequests.USERS.get(random.nextInt(3));
      if (random.nextInt(6) == 0) {
        String password = random.nextInt(4) == 0 ? "new" : "secret";
        pair().play(RandomAuthRequests.logIn(user, password), where);
        callers.put(user, pair().logIn(user, password));
      }
      var caller = callers.getOrDefault(user, ServerPair.Caller.NOBODY);
      boolean aboutUsers = random.nextInt(4) == 0;
      var request = aboutUsers ? auth.next() : keys.next(revision);
      if (!aboutUsers && BackwardRange.isIn(request.message())) {
        continue;
      }
      revision = Math.max(revision, pair().play(caller, request, where).revision());
    }
    for (var password : List.of("secret", "new")) {
      pair().play(pair().logIn("root", password), RandomAuthRequests.disable(), begin + ", end");
    }
    RandomAuthRequests.forgetAll().forEach(request -> pair().play(request, begin + ", end"));
  }

  @Test
  void refusesARequestThatIsTooLarge() {
    for (int bytes : List.of((3 << 19) - 200, (3 << 19) + 1)) {
      var put =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("large"))
              .setValue(ByteString.copyFrom(new byte[bytes]))
              .build();
      pair().play(Request.of(KVGrpc.getPutMethod(), put), "a put of " + bytes + " bytes");
    }
    assertThat(pair().play(RandomKvRequests.deleteEverything(), "end").revision()).isPositive();
  }
}

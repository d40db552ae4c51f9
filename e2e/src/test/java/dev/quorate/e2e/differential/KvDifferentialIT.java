package dev.quorate.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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
final class KvDifferentialIT {
  private static final int SEEDS = 20;
  private static final int REQUESTS = Integer.getInteger("differential.requests", 200);

  /** What {@code e2e/etcd} ends with where there is none and none can be installed. */
  private static final int NO_ETCD_HERE = 3;

  /** How many requests before a difference are shown. */
  private static final int STORY = 12;

  @TempDir private static Path directory;
  private static @Nullable ServerProcess etcd;
  private static @Nullable ServerProcess quorate;

  private final Deque<String> story = new ArrayDeque<>();

  static LongStream seeds() {
    Long seed = Long.getLong("differential.seed");
    return seed == null ? LongStream.range(0, SEEDS) : LongStream.of(seed);
  }

  @BeforeAll
  static void start() throws IOException {
    var found = Output.of(Duration.ofMinutes(5), "", List.of(Checkout.path("e2e/etcd")));
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(found.exitCode()).as(found.err()).isNotEqualTo(NO_ETCD_HERE);
    }
    etcd = ServerProcess.start(found.orFail(), directory);
    quorate = ServerProcess.start(quorateProgram().toString(), directory);
  }

  @AfterAll
  static void stop() {
    if (etcd != null) {
      etcd.close();
    }
    if (quorate != null) {
      quorate.close();
    }
  }

  private static Path quorateProgram() {
    String named = System.getProperty("differential.program");
    Path program =
        named != null
            ? Path.of(named)
            : Path.of("..", "node-image", "server", "target", "dist", "bin", "quorate-node");
    assertThat(program).as("the node, built by ./mvnw package").isExecutable();
    return program;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void answersEverythingAsEtcdDoes(long seed) {
    var requests = new RandomKvRequests(new SplittableRandom(seed));
    long revision = play(RandomKvRequests.deleteEverything(), "begin of seed " + seed).revision();
    for (int step = 0; step < REQUESTS; step++) {
      var answer = play(requests.next(revision), "seed " + seed + ", step " + step);
      revision = Math.max(revision, answer.revision());
    }
  }

  @Test
  void refusesARequestThatIsTooLarge() {
    for (int bytes : List.of((3 << 19) - 200, (3 << 19) + 1)) {
      var put =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("large"))
              .setValue(ByteString.copyFrom(new byte[bytes]))
              .build();
      assertThat(Answer.of(server(quorate), put)).isEqualTo(Answer.of(server(etcd), put));
    }
    play(RandomKvRequests.deleteEverything(), "end");
  }

  /** Asks both, at the same time, and returns what both answered. */
  private Answer play(Message request, String where) {
    var etcds = CompletableFuture.supplyAsync(() -> Answer.of(server(etcd), request));
    var ours = Answer.of(server(quorate), request);
    var theirs = etcds.join();
    if (!ours.equals(theirs)) {
      throw new AssertionError(
          "%s%nbefore: %s%nrequest %s %s%netcd: %s%nquorate: %s"
              .formatted(
                  where,
                  String.join("\n", story),
                  request.getClass().getSimpleName(),
                  request,
                  theirs,
                  ours));
    }
    if (story.size() == STORY) {
      story.removeFirst();
    }
    story.add(
        request.getClass().getSimpleName() + " " + request.toString().replaceAll("\\s+", " "));
    return ours;
  }

  private static KVGrpc.KVBlockingStub server(@Nullable ServerProcess process) {
    return Objects.requireNonNull(process).kv();
  }
}

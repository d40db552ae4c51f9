package dev.quorate.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import dev.quorate.e2e.machine.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** A real etcd and a Quorate that get the same requests and have to say the same. */
final class ServerPair implements AutoCloseable {
  /** How many requests before a difference are shown. */
  private static final int STORY = 12;

  private final ServerProcess etcd;
  private final ServerProcess quorate;
  private final Deque<String> story = new ArrayDeque<>();
  private int played;

  /** Who asks, as each server knows it. */
  record Caller(String etcdToken, String quorateToken) {
    static final Caller NOBODY = new Caller("", "");
  }

  /** The same watches on both. */
  record Watches(WatchRecording etcd, WatchRecording quorate) implements AutoCloseable {
    void create(WatchCreateRequest watch) {
      etcd.create(watch);
      quorate.create(watch);
    }

    @Override
    public void close() {
      etcd.close();
      quorate.close();
    }
  }

  private ServerPair(ServerProcess etcd, ServerProcess quorate) {
    this.etcd = etcd;
    this.quorate = quorate;
  }

  static ServerPair start(Path directory) throws IOException {
    return start(directory, "http");
  }

  /** Both with these flags, and with http or https for clients. */
  static ServerPair start(Path directory, String scheme, String... flags) throws IOException {
    var etcd = Output.of(Duration.ofMinutes(5), "", List.of(Checkout.path("e2e/etcd"))).orSkip();
    return new ServerPair(
        ServerProcess.startAlone(etcd, directory.resolve("etcd"), scheme, flags),
        ServerProcess.startAlone(quorateProgram(), directory.resolve("quorate"), scheme, flags));
  }

  private static String quorateProgram() {
    return Optional.ofNullable(System.getProperty("differential.program"))
        .orElseGet(ServerProcess::node);
  }

  String etcdEndpoint() {
    return etcd.endpoint();
  }

  String quorateEndpoint() {
    return quorate.endpoint();
  }

  /** How many requests both have answered alike. */
  int played() {
    return played;
  }

  Answer play(Request<?> request, String where) {
    return play(Caller.NOBODY, request, where);
  }

  /** Asks both, at the same time, and returns what both answered. */
  Answer play(Caller caller, Request<?> request, String where) {
    var etcds =
        CompletableFuture.supplyAsync(() -> Answer.of(etcd.channel(), caller.etcdToken(), request));
    var ours = Answer.of(quorate.channel(), caller.quorateToken(), request);
    compare(request, where, etcds.join(), ours);
    return ours;
  }

  private void compare(Request<?> request, String where, Answer theirs, Answer ours) {
    if (!ours.equals(theirs)) {
      throw new AssertionError(
          "%s%nbefore: %s%nrequest %s%netcd: %s%nquorate: %s"
              .formatted(where, String.join("\n", story), request, theirs, ours));
    }
    if (story.size() == STORY) {
      story.removeFirst();
    }
    story.add(request.toString());
    played++;
  }

  /** Asks Quorate alone, so that others can ask at the same time. */
  Answer askQuorate(Request<?> request) {
    return Answer.of(quorate.channel(), "", request);
  }

  /** Asks etcd what Quorate has answered before. */
  void repeatOnEtcd(Request<?> request, Answer answered, String where) {
    compare(request, where, Answer.of(etcd.channel(), "", request), answered);
  }

  /** Logs in on both. */
  Caller logIn(String user, String password) {
    var request = RandomAuthRequests.logIn(user, password);
    return new Caller(
        Answer.token(etcd.channel(), request), Answer.token(quorate.channel(), request));
  }

  /** A stream of watches on each. */
  Watches watches(WatchCreateRequest first) {
    var watches =
        new Watches(new WatchRecording(etcd.channel()), new WatchRecording(quorate.channel()));
    watches.create(first);
    return watches;
  }

  /**
   * Asks both to tell when no watch has to catch up any more, and compares. etcd tells nothing
   * while a watch that it has cancelled is not forgotten yet; it looks after those behind every 100
   * ms.
   */
  void settle(Watches watches, String where) {
    var _ = watches.etcd().progresses(Duration.ofMillis(300));
    assertThat(watches.quorate().progresses(Duration.ofSeconds(30))).as(where).isTrue();
    compare(watches, where);
  }

  /** Both have been told the same when everything is delivered. */
  void compare(Watches watches, String where) {
    Awaitility.await(where)
        .atMost(Duration.ofSeconds(15))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () ->
                assertThat(watches.quorate().watches())
                    .as("%s, after %s", where, String.join("\n", story))
                    .isEqualTo(watches.etcd().watches()));
  }

  @Override
  public void close() {
    etcd.close();
    quorate.close();
  }
}

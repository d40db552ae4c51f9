package dev.quorate.simulator;

import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients that hold leases with keys: they renew them for a while and then revoke or forget them.
 * No lease may expire before what any of them was told, and all must end when nobody renews them.
 */
final class LeaseHolders {
  static final String PREFIX = "leased";

  private static final int MAX_TTL_SECONDS = 4;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long SLACK_MICROS = 3_000_000;
  private static final long PROOF_TTL_SECONDS = 10;
  private static final long PROOF_TRANSFER_MICROS = 3_000_000;
  private static final int PROOF_TRANSFERS = 3;

  private final Simulation simulation;
  private final RandomGenerator random;
  private final TreeMap<Long, Held> leases = new TreeMap<>();
  private boolean stopped;
  private long lastLease;
  private long calmMicros;
  private @Nullable Held proof;

  /** A lease as its holder knows it, and as it came to its end. */
  private static final class Held {
    final long id;
    final long ttlSeconds;
    final List<String> keys = new ArrayList<>();
    int renewals;

    /** It is surely there until then. */
    long toldUntilMicros;

    boolean ended;
    boolean expired;
    long endProposedMicros;

    Held(long id, long ttlSeconds, int renewals) {
      this.id = id;
      this.ttlSeconds = ttlSeconds;
      this.renewals = renewals;
    }
  }

  LeaseHolders(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
    simulation.history().onLeaseEnd(this::ended);
  }

  void start() {
    for (int holder = 0; holder < simulation.plan().leaseHolders(); holder++) {
      later(1_000_000, this::grant);
    }
  }

  void stop() {
    stopped = true;
    calmMicros = now();
  }

  /** Until then all leases must have ended: nobody renews them in the calm. */
  long longestEndMicros() {
    return calmMicros + ofClock(MAX_TTL_SECONDS) + extensionMicros() + SLACK_MICROS;
  }

  /** What a change of leaders may add: the extension, and what was not yet written to the log. */
  private static long extensionMicros() {
    return FaultPlan.ELECTION_TIMEOUT.multipliedBy(2).plus(FaultPlan.CHECKPOINT_INTERVAL).toNanos()
            / 1_000
        + MICROS_PER_SECOND;
  }

  boolean haveEnded() {
    return simulation.history().machine().reads().leases().leases().isEmpty();
  }

  private void later(int maxMicros, Runnable action) {
    simulation
        .timeline()
        .after(
            random.nextInt(maxMicros),
            () -> {
              if (!stopped) {
                action.run();
              }
            });
  }

  private long now() {
    return simulation.timeline().nowMicros();
  }

  /** The longest and the shortest that so many seconds of a node's clock can be. */
  private long ofClock(long seconds) {
    long drift = simulation.plan().driftPerMillion();
    return seconds * MICROS_PER_SECOND * MICROS_PER_SECOND / (MICROS_PER_SECOND - drift);
  }

  private long atLeast(long seconds) {
    long drift = simulation.plan().driftPerMillion();
    return seconds * MICROS_PER_SECOND * MICROS_PER_SECOND / (MICROS_PER_SECOND + drift);
  }

  /** Asks one node; silence counts as an answer without a result. */
  private <T> void ask(
      Function<Incarnation, CompletableFuture<T>> question, BiConsumer<Long, @Nullable T> answer) {
    long invoked = now();
    var outcome = new Outcome(simulation, () -> answer.accept(invoked, null));
    simulation
        .anyNode(random)
        .receive(
            process -> {
              if (process.hasStopped()) {
                return;
              }
              var _ =
                  question
                      .apply(process)
                      .whenComplete(
                          simulation
                              .verdict()
                              .guard(
                                  (result, failure) -> {
                                    if (failure != null) {
                                      var _ = Outcome.isUnknown(failure);
                                    }
                                    if (outcome.first()) {
                                      simulation.look(process);
                                      answer.accept(invoked, result);
                                    }
                                  }));
            });
  }

  private void grant() {
    var lease = newLease(1 + random.nextInt(MAX_TTL_SECONDS), random.nextInt(8));
    ask(
        process -> process.replica().proposals().submit(Requests.grant(lease.id, lease.ttlSeconds)),
        (invoked, result) -> {
          if (result instanceof ApplyResult.Done) {
            told(lease, invoked, lease.ttlSeconds);
            later(50_000, () -> attach(lease));
          } else {
            later(500_000, this::grant);
          }
        });
  }

  private Held newLease(long ttlSeconds, int renewals) {
    var lease = new Held(++lastLease, ttlSeconds, renewals);
    leases.put(lease.id, lease);
    return lease;
  }

  private void attach(Held lease) {
    String key = PREFIX + random.nextInt(4);
    ask(
        process ->
            process
                .replica()
                .proposals()
                .submit(Requests.putCommand(key, "of " + lease.id, lease.id)),
        (_, result) -> {
          switch (result) {
            case ApplyResult.Done _ -> lease.keys.add(key);
            case ApplyResult.Refused(KvError error) ->
                simulation
                    .verdict()
                    .check(
                        error == KvError.LEASE_NOT_FOUND && lease.ended,
                        () -> "a key for lease %d was refused: %s".formatted(lease.id, error));
            case null -> {}
          }
          goOn(lease);
        });
  }

  private void goOn(Held lease) {
    if (lease.ended) {
      later(500_000, this::grant);
    } else if (lease.renewals-- > 0) {
      later((int) (lease.ttlSeconds * MICROS_PER_SECOND * 2 / 3), () -> renew(lease));
    } else if (random.nextInt(3) == 0) {
      later(1_000_000, () -> revoke(lease));
    } else {
      later((int) (2 * lease.ttlSeconds * MICROS_PER_SECOND), () -> lookAt(lease));
    }
  }

  private void renew(Held lease) {
    ask(
        process -> process.replica().leases().renew(lease.id),
        (invoked, ttl) -> {
          if (ttl != null && ttl.isPresent()) {
            simulation.coverage().count(Coverage.Event.LEASE_RENEWED);
            told(lease, invoked, ttl.getAsLong());
          }
          checkNotGone(lease, ttl);
          goOn(lease);
        });
  }

  /** How much is left is a promise too. */
  private void lookAt(Held lease) {
    ask(
        process -> process.replica().leases().remainingSeconds(lease.id),
        (invoked, left) -> {
          if (left != null && left.isPresent()) {
            simulation
                .verdict()
                .check(
                    left.getAsLong() <= lease.ttlSeconds + 1,
                    () -> "%d s are left of lease %d".formatted(left.getAsLong(), lease.id));
            told(lease, invoked, left.getAsLong());
          }
          checkNotGone(lease, left);
          later(500_000, lease.ended ? this::grant : () -> lookAt(lease));
        });
  }

  private void checkNotGone(Held lease, @Nullable OptionalLong answer) {
    simulation
        .verdict()
        .check(
            answer == null || answer.isPresent() || lease.ended,
            () -> "lease %d is said not to be there".formatted(lease.id));
  }

  private void revoke(Held lease) {
    ask(
        process -> process.replica().proposals().submit(Requests.revoke(lease.id)),
        (_, _) -> later(500_000, this::grant));
  }

  private void told(Held lease, long sinceMicros, long seconds) {
    if (seconds == 0) {
      return;
    }
    lease.toldUntilMicros = Math.max(lease.toldUntilMicros, sinceMicros + atLeast(seconds));
    simulation.trace(0, "lease %d has %d s from %d on".formatted(lease.id, seconds, sinceMicros));
    check(lease);
  }

  private void check(Held lease) {
    simulation
        .verdict()
        .check(
            !lease.expired || lease.toldUntilMicros <= lease.endProposedMicros,
            () ->
                "lease %d expired at %d, but a client was told that it lives until %d"
                    .formatted(lease.id, lease.endProposedMicros, lease.toldUntilMicros));
  }

  private void ended(long id, boolean expired, long proposedMicros) {
    var lease = leases.get(id);
    if (lease == null) {
      throw simulation.verdict().broken(new IllegalStateException("nobody granted lease " + id));
    }
    lease.ended = true;
    lease.expired = expired;
    lease.endProposedMicros = proposedMicros;
    simulation.trace(0, "lease %d %s".formatted(id, expired ? "has expired" : "was revoked"));
    check(lease);
    for (var key : lease.keys) {
      var left = simulation.history().at(key, simulation.history().revision());
      simulation
          .verdict()
          .check(
              left == null || left.getLease() != id,
              () -> "%s outlives its lease %d".formatted(key, id));
    }
  }

  /**
   * In the calm: a lease that nobody renews, while leadership changes. If every leader gave it its
   * whole TTL again it would end later than this allows.
   */
  void proveRemainingTtl() {
    var lease = newLease(PROOF_TTL_SECONDS, 0);
    ask(
        process -> process.replica().proposals().submit(Requests.grant(lease.id, lease.ttlSeconds)),
        (_, result) -> {
          if (!(result instanceof ApplyResult.Done)) {
            simulation.timeline().after(100_000, this::proveRemainingTtl);
            return;
          }
          proof = lease;
          calmMicros = now();
          for (int i = 1; i <= PROOF_TRANSFERS; i++) {
            simulation.timeline().after(i * PROOF_TRANSFER_MICROS, this::handOver);
          }
        });
  }

  private void handOver() {
    var leader = simulation.leader();
    if (leader != null) {
      simulation.administrator().transfer(leader.id(), 0);
    }
  }

  boolean isRemainingTtlProven() {
    var lease = proof;
    if (lease == null) {
      return false;
    }
    long latest =
        calmMicros + ofClock(PROOF_TTL_SECONDS) + PROOF_TRANSFERS * extensionMicros() + 500_000;
    simulation
        .verdict()
        .check(
            now() <= latest,
            () -> "%d s of a lease became more with every leader".formatted(PROOF_TTL_SECONDS));
    if (lease.ended) {
      simulation.coverage().count(Coverage.Event.LEASE_OUTLIVED_LEADERS);
    }
    return lease.ended;
  }
}

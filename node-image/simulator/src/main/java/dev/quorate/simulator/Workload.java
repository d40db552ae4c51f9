package dev.quorate.simulator;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import dev.quorate.simulator.LinearizabilityChecker.Operation;
import dev.quorate.simulator.LinearizabilityChecker.Read;
import dev.quorate.simulator.LinearizabilityChecker.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Clients that write and read a few keys one after the other, and what they saw. */
final class Workload {
  static final String PREFIX = "key";
  private static final int KEYS = 4;
  private static final List<String> ALL_KEYS =
      IntStream.range(0, KEYS).mapToObj(key -> PREFIX + key).toList();

  private final Simulation simulation;
  private final RandomGenerator random;
  private final List<Operation> history = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final Client lastReader = new Client();
  private boolean stopped;

  /** Requests whose outcome is still open. */
  private int open;

  /** Values are never the same again. */
  private long sequence;

  Workload(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  void start() {
    for (int client = 0; client < simulation.plan().clients(); client++) {
      clients.add(new Client());
    }
    clients.forEach(Client::next);
  }

  void stop() {
    stopped = true;
  }

  /** In the calm everything is read once more, by one who has nothing else to be told. */
  void finish() {
    lastReader.readAtLast();
  }

  boolean isFinished() {
    return lastReader.readAll && open == 0;
  }

  int operations() {
    return history.size();
  }

  void check() {
    var violations = LinearizabilityChecker.violations(history);
    simulation.verdict().check(violations.isEmpty(), () -> String.join("\n", violations));
  }

  /** One that does one thing after the other. */
  private final class Client {
    private long lastRevision;
    private boolean readAll;

    void next() {
      simulation.timeline().after(random.nextInt(20_000), this::begin);
    }

    private void begin() {
      if (stopped) {
        return;
      }
      String key = PREFIX + random.nextInt(KEYS);
      switch (random.nextInt(16)) {
        case 0, 1 -> delete(key);
        case 2, 3, 4, 5 -> put(key);
        case 6, 7 -> compareAndPut(key);
        case 8 -> read(Requests.prefix(PREFIX), Coverage.Event.RANGE_READ, this::next, this::next);
        case 9 -> readSerializable();
        case 10 -> compact();
        default ->
            read(Requests.get(key), Coverage.Event.LINEARIZABLE_READ, this::next, this::next);
      }
    }

    private void put(String key) {
      String value = "value" + ++sequence;
      write(
          Requests.putCommand(key, value, 0),
          key,
          value,
          LinearizabilityChecker.ANY,
          (invoked, done) -> written(key, value, LinearizabilityChecker.ANY, invoked, done));
    }

    private void delete(String key) {
      write(
          Requests.delete(key),
          key,
          null,
          LinearizabilityChecker.ANY,
          (invoked, done) -> {
            if (done.response() instanceof DeleteRangeResponse response
                && response.getDeleted() == 0) {
              add(new Read(key, null, 0, invoked, now(), done.revision()));
            } else {
              written(key, null, LinearizabilityChecker.ANY, invoked, done);
            }
          });
    }

    /** What is compared with is what somebody may have seen, old or new. */
    private void compareAndPut(String key) {
      String value = "value" + ++sequence;
      long revision = simulation.history().revision();
      long looked = Math.max(0, revision - random.nextInt(random.nextInt(4) == 0 ? 10 : 2));
      var seen = simulation.history().at(key, looked);
      long expected = seen == null ? 0 : seen.getModRevision();
      write(
          Requests.compareAndPut(key, expected, value, "pair" + key),
          key,
          value,
          expected,
          (invoked, done) -> {
            if (!(done.response() instanceof TxnResponse response)) {
              throw new IllegalStateException("no answer to a transaction: " + done);
            }
            if (response.getSucceeded()) {
              simulation.coverage().count(Coverage.Event.TRANSACTION);
              written(key, value, expected, invoked, done);
            } else {
              simulation.coverage().count(Coverage.Event.REFUSED_TRANSACTION);
              saw(
                  response.getResponses(0).getResponseRange(),
                  List.of(key),
                  invoked,
                  done.revision());
            }
          });
    }

    private interface Answer {
      void is(long invoked, ApplyResult.Done done);
    }

    private void write(
        Command.Builder command, String key, @Nullable String value, long expected, Answer answer) {
      long invoked = now();
      submit(
          command,
          result -> {
            if (result instanceof ApplyResult.Done done) {
              answer.is(invoked, done);
            } else {
              throw new IllegalStateException("refused: " + result);
            }
          },
          () -> {
            simulation.coverage().count(Coverage.Event.UNKNOWN_OUTCOME);
            history.add(new Write(key, value, invoked, LinearizabilityChecker.NEVER, 0, expected));
          });
    }

    private void submit(
        Command.Builder command, Consumer<ApplyResult> whenDone, Runnable whenUnknown) {
      var node = simulation.anyNode(random);
      if (!node.isUp()) {
        next();
        return;
      }
      open++;
      Runnable silent =
          () -> {
            open--;
            whenUnknown.run();
            next();
          };
      var outcome = new Outcome(simulation, silent);
      node.receive(
          process -> {
            var _ =
                process
                    .replica()
                    .proposals()
                    .submit(command)
                    .whenComplete(
                        simulation
                            .verdict()
                            .guard(
                                (result, failure) -> {
                                  if (!outcome.first()) {
                                    return;
                                  }
                                  if (failure != null && Outcome.isUnknown(failure)) {
                                    silent.run();
                                    return;
                                  }
                                  open--;
                                  if (result != null) {
                                    answered(process);
                                    whenDone.accept(result);
                                  }
                                  next();
                                }));
          });
    }

    private void answered(Incarnation process) {
      simulation
          .verdict()
          .check(
              !process.hasStopped(),
              () -> "node %d answers although its disk failed".formatted(process.id()));
      simulation.look(process);
    }

    private void written(
        String key, @Nullable String value, long expected, long invoked, ApplyResult.Done done) {
      simulation.coverage().count(Coverage.Event.WRITE);
      var change = simulation.history().changeOf(key, done.revision());
      simulation
          .verdict()
          .check(
              change != null
                  && (value == null
                      ? change.getKv().getVersion() == 0
                      : change.getKv().getValue().toStringUtf8().equals(value)),
              () ->
                  "%s of %s was acknowledged at %d, but committed is %s"
                      .formatted(value, key, done.revision(), change));
      add(new Write(key, value, invoked, now(), done.revision(), expected));
    }

    /** Revisions never go back for one client. */
    private void add(Operation operation) {
      long revision =
          switch (operation) {
            case Write write -> write.revision();
            case Read read -> read.revision();
          };
      simulation
          .verdict()
          .check(
              revision >= lastRevision,
              () -> "%s comes after revision %d".formatted(operation, lastRevision));
      lastRevision = revision;
      simulation.traceHash().add(revision);
      history.add(operation);
    }

    private void readAtLast() {
      read(
          Requests.prefix(PREFIX),
          Coverage.Event.RANGE_READ,
          () -> readAll = true,
          this::readAtLast);
    }

    private void read(
        RangeRequest request, Coverage.Event kind, Runnable whenRead, Runnable whenNot) {
      var node = simulation.anyNode(random);
      if (!node.isUp()) {
        simulation.timeline().after(1_000, whenNot);
        return;
      }
      long invoked = now();
      open++;
      Runnable none =
          () -> {
            open--;
            simulation.timeline().after(1_000, whenNot);
          };
      var outcome = new Outcome(simulation, none);
      node.receive(
          process -> {
            var _ =
                process
                    .replica()
                    .reads()
                    .linearizable()
                    .whenComplete(
                        simulation
                            .verdict()
                            .guard(
                                (_, failure) -> {
                                  if (!outcome.first()) {
                                    return;
                                  }
                                  if (failure != null) {
                                    none.run();
                                    return;
                                  }
                                  open--;
                                  simulation.look(process);
                                  simulation.coverage().count(kind);
                                  look(process, request, invoked);
                                  whenRead.run();
                                }));
          });
    }

    private void look(Incarnation process, RangeRequest request, long invoked) {
      if (process.machine().reads().range(request)
          instanceof ApplyResult.Done(RangeResponse response, long revision)) {
        saw(response, asked(request), invoked, revision);
      } else {
        throw new IllegalStateException("a read of the present was refused");
      }
    }

    private static List<String> asked(RangeRequest request) {
      return request.getRangeEnd().isEmpty() ? List.of(request.getKey().toStringUtf8()) : ALL_KEYS;
    }

    private void saw(RangeResponse response, List<String> keys, long invoked, long revision) {
      for (var key : keys) {
        var found = check(response, key, revision);
        add(
            found == null
                ? new Read(key, null, 0, invoked, now(), revision)
                : new Read(
                    key,
                    found.getValue().toStringUtf8(),
                    found.getModRevision(),
                    invoked,
                    now(),
                    revision));
      }
    }

    /** What a key was at a revision is what was committed, whoever is asked. */
    private @Nullable KeyValue check(RangeResponse response, String key, long revision) {
      KeyValue found = null;
      for (var each : response.getKvsList()) {
        found = each.getKey().toStringUtf8().equals(key) ? each : found;
      }
      var seen = found;
      var committed = simulation.history().at(key, revision);
      simulation
          .verdict()
          .check(
              seen == null ? committed == null : seen.equals(committed),
              () -> "%s was read at %d, but committed is %s".formatted(seen, revision, committed));
      return found;
    }

    /** May be old, but not wrong. */
    private void readSerializable() {
      simulation
          .anyNode(random)
          .receive(
              process -> {
                simulation.look(process);
                if (process.machine().reads().range(Requests.prefix(PREFIX))
                    instanceof ApplyResult.Done(RangeResponse response, long revision)) {
                  ALL_KEYS.forEach(key -> check(response, key, revision));
                }
              });
      next();
    }

    private void compact() {
      long revision = simulation.history().revision();
      if (!simulation.plan().compacts() || revision < 2) {
        next();
        return;
      }
      submit(
          Requests.compact(1 + random.nextLong(revision)),
          result -> {
            if (result instanceof ApplyResult.Refused(KvError error)) {
              simulation
                  .verdict()
                  .check(error == KvError.COMPACTED, () -> "a compaction was refused: " + error);
            }
          },
          () -> {});
    }

    private long now() {
      return simulation.timeline().nowMicros();
    }
  }
}

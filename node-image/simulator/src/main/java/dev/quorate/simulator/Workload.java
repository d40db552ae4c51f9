package dev.quorate.simulator;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.raft.ProposalResult;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants;
import dev.quorate.simulator.LinearizabilityChecker.Operation;
import dev.quorate.simulator.LinearizabilityChecker.Read;
import dev.quorate.simulator.LinearizabilityChecker.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Clients that write and read a few keys one after the other, and what they saw. */
final class Workload {
  private static final int KEYS = 4;
  private static final long TIMEOUT_MICROS = 400_000;

  private final Simulation simulation;
  private final RandomGenerator random;
  private final List<Operation> history = new ArrayList<>();
  private boolean stopped;

  /** Requests whose outcome is still open. */
  private int open;

  /** The keys that the last round of reads still has to see; -1 before that round. */
  private int unread = -1;

  /** Of commands, reads and values; never the same again, not even after a restart. */
  private long sequence;

  Workload(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  void start() {
    for (int client = 0; client < simulation.plan().clients(); client++) {
      next();
    }
  }

  void stop() {
    stopped = true;
  }

  /** In the calm: every key is written to and read once more, as often as it takes. */
  void finish() {
    unread = KEYS;
    for (int key = 0; key < KEYS; key++) {
      readAtLast("key" + key);
    }
  }

  boolean isFinished() {
    return unread == 0 && open == 0;
  }

  int operations() {
    return history.size();
  }

  void check() {
    var violations = LinearizabilityChecker.violations(history);
    Invariants.check(violations.isEmpty(), () -> String.join("\n", violations));
  }

  private void next() {
    simulation.timeline().after(random.nextInt(20_000), this::begin);
  }

  private void begin() {
    if (stopped) {
      return;
    }
    String key = "key" + random.nextInt(KEYS);
    switch (random.nextInt(8)) {
      case 0 -> write(key, null);
      case 1, 2, 3 -> write(key, "value" + ++sequence);
      default -> read(key, this::next, this::next);
    }
  }

  private SimulatedNode anyNode() {
    var nodes = List.copyOf(simulation.nodes());
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** What one request comes to exactly once: an answer, a sure failure, or silence. */
  private final class Outcome {
    private boolean known;

    void timeout(Runnable whenSilent) {
      open++;
      simulation
          .timeline()
          .after(
              TIMEOUT_MICROS,
              () -> {
                if (first()) {
                  whenSilent.run();
                }
              });
    }

    boolean first() {
      boolean first = !known;
      known = true;
      if (first) {
        open--;
      }
      return first;
    }
  }

  private void write(String key, @Nullable String value) {
    var node = anyNode();
    if (!node.isUp()) {
      next();
      return;
    }
    long invoked = simulation.timeline().nowMicros();
    long id = ++sequence;
    var outcome = new Outcome();
    outcome.timeout(
        () -> {
          history.add(new Write(key, value, invoked, LinearizabilityChecker.NEVER, 0));
          next();
        });
    var command = command(node.id(), id, key, value);
    node.receive(
        (Incarnation process) -> {
          var result =
              process.propose(
                  id,
                  command,
                  applied -> {
                    if (outcome.first()) {
                      written(key, value, invoked, applied);
                      next();
                    }
                  });
          boolean sent = result == ProposalResult.APPENDED || result == ProposalResult.FORWARDED;
          if (!sent && outcome.first()) {
            next();
          }
        });
  }

  private static Bytes command(long proposer, long id, String key, @Nullable String value) {
    var command = Command.newBuilder().setProposer(proposer).setSequence(id);
    var keyBytes = ByteString.copyFromUtf8(key);
    if (value == null) {
      command.setDeleteRange(DeleteRangeRequest.newBuilder().setKey(keyBytes));
    } else {
      command.setPut(
          PutRequest.newBuilder().setKey(keyBytes).setValue(ByteString.copyFromUtf8(value)));
    }
    return Bytes.of(command.build().toByteArray());
  }

  private void written(String key, @Nullable String value, long invoked, ApplyResult result) {
    Invariants.check(result instanceof ApplyResult.Done, () -> "refused: " + result);
    if (result instanceof ApplyResult.Done done) {
      long now = simulation.timeline().nowMicros();
      boolean foundNothing =
          done.response() instanceof DeleteRangeResponse response && response.getDeleted() == 0;
      history.add(
          foundNothing
              ? new Read(key, null, 0, invoked, now, done.revision())
              : new Write(key, value, invoked, now, done.revision()));
    }
  }

  private void readAtLast(String key) {
    read(key, () -> unread--, () -> readAtLast(key));
  }

  private void read(String key, Runnable whenRead, Runnable whenNot) {
    var node = anyNode();
    if (!node.isUp()) {
      simulation.timeline().after(1_000, whenNot);
      return;
    }
    long invoked = simulation.timeline().nowMicros();
    var outcome = new Outcome();
    outcome.timeout(whenNot);
    long id = ++sequence;
    node.receive(
        (Incarnation process) ->
            process.requestRead(
                id,
                machine -> {
                  if (outcome.first()) {
                    if (machine == null) {
                      simulation.timeline().after(5_000, whenNot);
                    } else {
                      history.add(look(machine, key, invoked));
                      whenRead.run();
                    }
                  }
                }));
  }

  private Read look(KvStateMachine machine, String key, long invoked) {
    var request = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    long now = simulation.timeline().nowMicros();
    if (machine.reads().range(request) instanceof ApplyResult.Done done
        && done.response() instanceof RangeResponse response) {
      if (response.getKvsCount() == 0) {
        return new Read(key, null, 0, invoked, now, done.revision());
      }
      var found = response.getKvs(0);
      return new Read(
          key,
          found.getValue().toStringUtf8(),
          found.getModRevision(),
          invoked,
          now,
          done.revision());
    }
    throw Invariants.violation("a read of the present was refused");
  }
}
